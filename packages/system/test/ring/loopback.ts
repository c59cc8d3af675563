// A listening socket on loopback, made by system calls, for tests of the ring.
import type { Libc } from '../../src/index.js';

const AF_INET = 2;
const SOCK_STREAM = 1;

/** Listens on a free port of 127.0.0.1. */
export function listenOnLoopback(libc: Libc): { readonly fd: number; readonly port: number } {
  const fd = libc.socket(AF_INET, SOCK_STREAM);
  const address = new DataView(new ArrayBuffer(16));
  address.setUint16(0, AF_INET, true);
  address.setUint32(4, 0x7f000001);
  libc.bind(fd, new Uint8Array(address.buffer));
  libc.listen(fd, 511);
  const bound = libc.getsockname(fd);
  return { fd, port: (bound[2]! << 8) | bound[3]! };
}

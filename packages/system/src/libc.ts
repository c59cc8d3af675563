// The C library of the process: the functions that the packages above need.
import type { CFunction, NodeFfi } from './ffi.js';
import { type AddressRange, Mapping, wholePages } from './memory.js';
import { systemError } from './system-error.js';

const I32 = 'i32';
const SIGNATURES = {
  __errno_location: { return: 'pointer', arguments: [] },
  gettid: { return: I32, arguments: [] },
  getpagesize: { return: I32, arguments: [] },
  bind: { return: I32, arguments: [I32, 'buffer', I32] },
  close: { return: I32, arguments: [I32] },
  eventfd: { return: I32, arguments: [I32, I32] },
  getsockname: { return: I32, arguments: [I32, 'buffer', 'buffer'] },
  listen: { return: I32, arguments: [I32, I32] },
  mmap: { return: 'pointer', arguments: ['pointer', 'u64', I32, I32, I32, 'i64'] },
  munmap: { return: I32, arguments: ['pointer', 'u64'] },
  madvise: { return: I32, arguments: ['pointer', 'u64', I32] },
  sched_getaffinity: { return: I32, arguments: [I32, 'u64', 'buffer'] },
  sched_setaffinity: { return: I32, arguments: [I32, 'u64', 'buffer'] },
  setsockopt: { return: I32, arguments: [I32, I32, I32, 'buffer', I32] },
  socket: { return: I32, arguments: [I32, I32, I32] },
  // For calls without a function of their own in every C library.
  syscall: { return: 'i64', arguments: ['i64', 'i64', 'i64', 'i64', 'i64', 'i64', 'i64'] },
} as const;

type Functions = Readonly<Record<keyof typeof SIGNATURES, CFunction>>;

/** Octets of a CPU mask: 8,192 CPUs, the most that a kernel is built for. */
const MASK_BYTES = 1_024;
/** Bits of a node mask: 1,024 nodes, the most that a kernel is built for. */
const NODE_BITS = 1_024;
const SOCK_CLOEXEC = 0o2000000;
/** The longest address: `struct sockaddr_storage`. */
const SOCKADDR_BYTES = 128;
const PROT_READ_WRITE = 3;
const MAP_SHARED_POPULATE = 0x8001;
const MAP_PRIVATE_ANONYMOUS = 0x22;
const MAP_FAILED = 2n ** 64n - 1n;
const EFD_NONBLOCK_CLOEXEC = 0x80800;
const MADV_HUGEPAGE = 14;
const MPOL_BIND = 2n;
/** Moves pages that lie elsewhere already. */
const MPOL_MF_MOVE = 2n;
/** The numbers of system calls differ by the kind of CPU. */
const CALL_NUMBERS: Readonly<Record<string, { readonly mbind: bigint; readonly tgkill: bigint }>> =
  {
    x64: { mbind: 237n, tgkill: 234n },
    arm64: { mbind: 235n, tgkill: 131n },
  };
/** The calls of io_uring have the same numbers on every kind of CPU. */
const SYS_IO_URING_SETUP = 425n;
const SYS_IO_URING_ENTER = 426n;
const SYS_IO_URING_REGISTER = 427n;
const ESRCH = 3;

/**
 * Functions of the GNU or the musl C library on Linux, in the names of C. A call that fails throws
 * an error that names the call, its values and the meaning of `errno`. An object of this class
 * belongs to the thread that made it, because `errno` does.
 */
export class Libc {
  readonly #ffi: NodeFfi;
  readonly #c: Functions;
  readonly #errno: Int32Array;
  readonly #numbers: (typeof CALL_NUMBERS)[string];

  /** @throws where a function is missing, and on CPUs other than x64 and arm64 */
  constructor(ffi: NodeFfi) {
    const numbers = CALL_NUMBERS[process.arch];
    if (numbers === undefined) throw new Error(`no numbers of system calls for ${process.arch}`);
    this.#numbers = numbers;
    this.#ffi = ffi;
    this.#c = ffi.dlopen(null, SIGNATURES).functions;
    const address = this.#c.__errno_location() as bigint;
    this.#errno = new Int32Array(ffi.toArrayBuffer(address, Int32Array.BYTES_PER_ELEMENT, false));
  }

  /** The id of the calling thread in the kernel. */
  gettid(): number {
    return this.#c.gettid() as number;
  }

  /** Whether a thread of this process has this id. */
  isOwnThread(threadId: number): boolean {
    // Signal 0 only asks whether the thread exists.
    const { tgkill } = this.#numbers;
    const status = this.#c.syscall(tgkill, BigInt(process.pid), BigInt(threadId), 0n, 0n, 0n, 0n);
    if (status === 0n) return true;
    if (this.#errno[0] === ESRCH || threadId <= 0) return false;
    throw this.#failed(`tgkill of thread ${threadId} with signal 0`);
  }

  /** Bytes of an ordinary page. */
  getpagesize(): number {
    return this.#c.getpagesize() as number;
  }

  /** The CPUs that a thread may run on, ascending. @throws HIOLOAD_SYSTEM_CALL */
  schedGetAffinity(threadId: number): number[] {
    const mask = new Uint8Array(MASK_BYTES);
    if (this.#c.sched_getaffinity(threadId, BigInt(MASK_BYTES), mask) !== 0)
      throw this.#failed(`sched_getaffinity of thread ${threadId}`);
    return setBits(mask);
  }

  /**
   * Binds a thread to CPUs. The kernel ignores CPUs that are offline, as long as one is online.
   * @param cpus ids from 0 to 8,191 @throws HIOLOAD_SYSTEM_CALL
   */
  schedSetAffinity(threadId: number, cpus: readonly number[]): void {
    const mask = bitMask(cpus, MASK_BYTES);
    if (this.#c.sched_setaffinity(threadId, BigInt(MASK_BYTES), mask) !== 0)
      throw this.#failed(`sched_setaffinity of thread ${threadId} to CPUs ${cpus.join(',')}`);
  }

  /**
   * Asks for huge pages under all whole pages of a memory, before or after they are touched.
   * @throws HIOLOAD_SYSTEM_CALL, such as where the kernel was built without huge pages
   */
  madviseHugePages(memory: ArrayBufferLike): void {
    const { address, byteLength } = this.#pagesOf(memory);
    if (this.#c.madvise(address, byteLength, MADV_HUGEPAGE) !== 0)
      throw this.#failed(`madvise(MADV_HUGEPAGE) of ${byteLength} bytes`);
  }

  /**
   * Binds all whole pages of a memory to nodes, and moves pages that lie on other nodes.
   * @param nodes ids from 0 to 1,023 @throws HIOLOAD_SYSTEM_CALL
   */
  mbind(memory: ArrayBufferLike, nodes: readonly number[]): void {
    const { address, byteLength } = this.#pagesOf(memory);
    const mask = bitMask(nodes, NODE_BITS / 8);
    const maskAt = this.#ffi.getRawPointer(mask);
    // The kernel reads one bit less than the number of bits in the call.
    const bits = BigInt(NODE_BITS + 1);
    const { mbind } = this.#numbers;
    if (this.#c.syscall(mbind, address, byteLength, MPOL_BIND, maskAt, bits, MPOL_MF_MOVE) !== 0n)
      throw this.#failed(`mbind of ${byteLength} bytes to nodes ${nodes.join(',')}`);
  }

  /** Maps fresh memory: zeros, private to the process. @throws HIOLOAD_SYSTEM_CALL */
  mapMemory(byteLength: number): Mapping {
    return this.#map(byteLength, MAP_PRIVATE_ANONYMOUS, -1, 0n);
  }

  /** Maps the memory behind a descriptor, shared with the kernel. @throws HIOLOAD_SYSTEM_CALL */
  mapDescriptor(fd: number, byteLength: number, offset: bigint): Mapping {
    return this.#map(byteLength, MAP_SHARED_POPULATE, fd, offset);
  }

  #map(byteLength: number, flags: number, fd: number, offset: bigint): Mapping {
    const size = BigInt(byteLength);
    const address = this.#c.mmap(0n, size, PROT_READ_WRITE, flags, fd, offset) as bigint;
    if (address === MAP_FAILED) throw this.#failed(`mmap of ${byteLength} bytes of fd ${fd}`);
    return new Mapping(address, this.#ffi.toArrayBuffer(address, byteLength, false));
  }

  /** The memory of a mapping of this process, as another thread made it. */
  memoryAt(address: number, byteLength: number): ArrayBuffer {
    return this.#ffi.toArrayBuffer(BigInt(address), byteLength, false);
  }

  /** Ends a mapping. Nothing may touch its bytes afterwards. @throws HIOLOAD_SYSTEM_CALL */
  unmap({ address, byteLength }: Pick<Mapping, 'address' | 'byteLength'>): void {
    if (this.#c.munmap(BigInt(address), BigInt(byteLength)) !== 0)
      throw this.#failed(`munmap of ${byteLength} bytes`);
  }

  /** Closes a descriptor. @throws HIOLOAD_SYSTEM_CALL */
  close(fd: number): void {
    if (this.#c.close(fd) !== 0) throw this.#failed(`close of fd ${fd}`);
  }

  /** Makes a descriptor that counts events, and whose reads do not block. */
  eventfd(): number {
    const fd = this.#c.eventfd(0, EFD_NONBLOCK_CLOEXEC) as number;
    if (fd < 0) throw this.#failed('eventfd');
    return fd;
  }

  /** Makes a socket that a program of the application does not inherit. */
  socket(family: number, type: number): number {
    const fd = this.#c.socket(family, type | SOCK_CLOEXEC, 0) as number;
    if (fd < 0) throw this.#failed(`socket of family ${family}`);
    return fd;
  }

  /** Sets an option of a socket that is a whole number. @throws HIOLOAD_SYSTEM_CALL */
  setsockopt(fd: number, level: number, option: number, value: number): void {
    if (this.#c.setsockopt(fd, level, option, Int32Array.of(value), 4) !== 0)
      throw this.#failed(`setsockopt of fd ${fd}, level ${level}, option ${option} to ${value}`);
  }

  /** Gives a socket its address. @param address a `struct sockaddr` @throws HIOLOAD_SYSTEM_CALL */
  bind(fd: number, address: Uint8Array): void {
    if (this.#c.bind(fd, address, address.length) !== 0) throw this.#failed(`bind of fd ${fd}`);
  }

  /** Has a socket take connections. @param backlog connections that wait to be accepted */
  listen(fd: number, backlog: number): void {
    if (this.#c.listen(fd, backlog) !== 0) throw this.#failed(`listen of fd ${fd}`);
  }

  /** The address of a socket, as a `struct sockaddr`. @throws HIOLOAD_SYSTEM_CALL */
  getsockname(fd: number): Uint8Array {
    const address = new Uint8Array(SOCKADDR_BYTES);
    const length = Int32Array.of(SOCKADDR_BYTES);
    if (this.#c.getsockname(fd, address, length) !== 0)
      throw this.#failed(`getsockname of fd ${fd}`);
    return address.subarray(0, length[0]);
  }

  /**
   * Makes an io_uring.
   * @param parameters `struct io_uring_params`, which the kernel completes
   * @throws HIOLOAD_SYSTEM_CALL
   */
  ioUringSetup(entries: number, parameters: Uint32Array): number {
    const at = this.#ffi.getRawPointer(parameters);
    const fd = this.#c.syscall(SYS_IO_URING_SETUP, BigInt(entries), at, 0n, 0n, 0n, 0n);
    if (fd === -1n) throw this.#failed(`io_uring_setup of ${entries} entries`);
    return Number(fd);
  }

  /**
   * Hands entries to an io_uring and lets the kernel post completions.
   * @param ring the descriptor as a BigInt, so that the caller converts it once
   * @param least completions to wait for
   * @returns entries that the kernel took, or a negative errno
   */
  ioUringEnter(ring: bigint, entries: number, least: number, flags: bigint): number {
    const c = this.#c;
    const taken = c.syscall(
      SYS_IO_URING_ENTER,
      ring,
      BigInt(entries),
      BigInt(least),
      flags,
      0n,
      0n,
    );
    return taken === -1n ? -this.#errno[0]! : Number(taken);
  }

  /** Changes an io_uring. @returns the answer of the kernel @throws HIOLOAD_SYSTEM_CALL */
  ioUringRegister(
    ring: number,
    operation: number,
    argument: ArrayBufferView,
    count: number,
  ): number {
    const answer = this.#c.syscall(
      SYS_IO_URING_REGISTER,
      BigInt(ring),
      BigInt(operation),
      this.#ffi.getRawPointer(argument),
      BigInt(count),
      0n,
      0n,
    );
    if (answer === -1n) throw this.#failed(`io_uring_register of operation ${operation}`);
    return Number(answer);
  }

  #pagesOf(memory: ArrayBufferLike): AddressRange {
    const address = this.#ffi.getRawPointer(memory);
    return wholePages({ address, byteLength: BigInt(memory.byteLength) }, this.getpagesize());
  }

  #failed(call: string): Error {
    return systemError(call, this.#errno[0]!);
  }
}

/** A mask with one bit for each id, in the byte order of the kernel. */
function bitMask(ids: readonly number[], byteLength: number): Uint8Array {
  const mask = new Uint8Array(byteLength);
  for (const id of ids) {
    if (id < byteLength * 8) mask[id >> 3]! |= 1 << (id & 7);
  }
  return mask;
}

function setBits(mask: Uint8Array): number[] {
  const ids: number[] = [];
  mask.forEach((octet, at) => {
    for (let bit = 0; bit < 8; bit++) if ((octet & (1 << bit)) !== 0) ids.push(at * 8 + bit);
  });
  return ids;
}

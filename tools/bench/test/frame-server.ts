// Test support: an echo server that can be made to do wrong.
import { applyMask, emptyFrameHeader, readFrameHeader, writeFrameHeader } from '@hioload/protocol';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/**
 * Changes the answers of a server to one chunk, and returns the frames to send, in order. `count`
 * is the number of earlier answers.
 */
export type Tamper = (frames: Buffer[], count: number, socket: Socket) => Buffer[];

/**
 * Gets the messages of one chunk as frames that a server may send. `sockets` are all open sockets.
 */
export type OnFrames = (
  frames: Buffer[],
  count: number,
  socket: Socket,
  sockets: ReadonlySet<Socket>,
) => void;

export interface FrameServer {
  readonly port: number;
  close(): void;
}

/** Starts an echo server that can make faults. */
export function startEchoServer(
  tamper: Tamper = (frames) => frames,
  status?: string,
): Promise<FrameServer> {
  return startFrameServer(
    (frames, count, socket) => socket.write(Buffer.concat(tamper(frames, count, socket))),
    status,
  );
}

/** Starts a server that runs the given functions on frames and on new connections. */
export async function startFrameServer(
  onFrames: OnFrames,
  status = '101 Switching',
  onOpen: (socket: Socket) => void = () => {},
): Promise<FrameServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    let [buffered, open, count]: [Buffer, boolean, number] = [Buffer.alloc(0), false, 0];
    socket.on('data', (chunk) => {
      buffered = Buffer.concat([buffered, chunk]);
      if (!open) {
        const end = buffered.indexOf('\r\n\r\n');
        if (end < 0) return;
        socket.write(handshake(buffered.toString('latin1', 0, end), status));
        buffered = buffered.subarray(end + 4);
        open = true;
        onOpen(socket);
      }
      const { frames, rest } = answer(buffered);
      buffered = rest;
      if (frames.length > 0) onFrames(frames, count, socket, sockets);
      count += frames.length;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function handshake(head: string, status: string): string {
  const key = /^Sec-WebSocket-Key: (.*)$/m.exec(head)![1]!.trim();
  const accept = createHash('sha1')
    .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  return (
    `HTTP/1.1 ${status}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ` +
    `${accept}\r\n\r\n`
  );
}

/** The echo of every whole frame. */
function answer(bytes: Buffer): { frames: Buffer[]; rest: Buffer } {
  const frames: Buffer[] = [];
  const header = emptyFrameHeader();
  let at = 0;
  for (;;) {
    const length = readFrameHeader(bytes, at, bytes.length, header);
    const end = at + length + header.payloadBytes;
    if (length <= 0 || end > bytes.length) return { frames, rest: bytes.subarray(at) };
    const frame = Buffer.alloc(length - 4 + header.payloadBytes);
    const { maskKey } = header;
    const start = writeFrameHeader({ ...header, masked: false }, frame, 0);
    bytes.copy(frame, start, at + length, end);
    applyMask(frame, start, frame.length, maskKey);
    frames.push(frame);
    at = end;
  }
}

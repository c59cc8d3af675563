// Measures the garbage of the codec, in a process of its own.
import type { BlockStats, BytePool, Lease } from '@hioload/api';
import { FrameEncoder, MessageReader } from '@hioload/protocol';

/**
 * Code that is not compiled yet makes objects that compiled code does not, of 64-bit numbers above
 * all, and nobody says when the compiler is done. What is left for good is left in every window, so
 * the least of them counts.
 */
const WINDOWS = 10;
const MESSAGES_A_WINDOW = 60_000;
const CHUNK_BYTES = 65_536;

/** A pool that lends the same objects over and over, as a slab does. */
export class ReusingPool implements BytePool {
  readonly maxBlockBytes = 262_144;
  readonly #idle: Lease[] = [];

  acquire(): Lease {
    return this.#idle.pop() ?? this.#make();
  }

  stats(): readonly BlockStats[] {
    return [];
  }

  #make(): Lease {
    const bytes = new Uint8Array(this.maxBlockBytes);
    const release = (): void => void this.#idle.push(lease);
    const lease: Lease = {
      bytes,
      start: 0,
      capacity: bytes.length,
      view: (byteLength) => bytes.subarray(0, byteLength),
      retain: () => lease,
      release,
      [Symbol.dispose]: release,
    };
    return lease;
  }
}

/** Bytes of garbage a message in steady state; `turn` handles `messages` of them. */
export function garbageOf(messages: number, turn: () => void): number {
  let least = Infinity;
  for (let window = 0; window < WINDOWS; window++) {
    const before = process.memoryUsage().heapUsed;
    let handled = 0;
    for (; handled < MESSAGES_A_WINDOW; handled += messages) turn();
    least = Math.min(least, (process.memoryUsage().heapUsed - before) / handled);
  }
  return least;
}

/** A chunk of client frames, as many as fit, and `most` at most. */
export function chunkOf(
  payload: Buffer,
  isBinary: boolean,
  most = Infinity,
): { readonly chunk: Buffer; readonly frames: number } {
  const encoder = new FrameEncoder({ role: 'client', pool: new ReusingPool() });
  let frames = 0;
  for (; frames < most && encoder.pendingBytes + payload.length + 14 <= CHUNK_BYTES; frames++) {
    encoder.message(payload, 0, payload.length, isBinary);
  }
  const chunk = Buffer.alloc(encoder.pendingBytes);
  encoder.flush((bytes, start, end) => chunk.set(bytes.subarray(start, end)));
  return { chunk, frames };
}

function decoding(payload: Buffer, isBinary: boolean, cutAt = 0): number {
  const { chunk, frames } = chunkOf(payload, isBinary);
  const fresh = Buffer.from(chunk);
  let seen = 0;
  const ignore = (): void => undefined;
  const reader = new MessageReader(
    {
      message: (_bytes, start, end) => (seen += end - start),
      ping: ignore,
      pong: ignore,
      close: ignore,
    },
    {
      role: 'server',
      maxMessageBytes: 100_000,
      maxFragments: 9,
      assemblyMs: 0,
      pool: new ReusingPool(),
      now: () => 0,
    },
  );
  const garbage = garbageOf(frames, () => {
    // Reading unmasks in place: each time the same masked bytes again.
    chunk.set(fresh);
    if (cutAt > 0) reader.read(chunk, 0, cutAt);
    const violation = reader.read(chunk, cutAt, chunk.length);
    if (violation !== undefined) throw new Error(violation.rule);
  });
  if (seen === 0) throw new Error('no message was read');
  return garbage;
}

function encoding(role: 'server' | 'client', add: (encoder: FrameEncoder) => void): number {
  const encoder = new FrameEncoder({ role, pool: new ReusingPool() });
  let written = 0;
  const write = (_bytes: Uint8Array, start: number, end: number): void =>
    void (written += end - start);
  const garbage = garbageOf(100, () => {
    for (let i = 0; i < 100; i++) add(encoder);
    encoder.flush(write);
  });
  if (written === 0) throw new Error('nothing was written');
  return garbage;
}

/** Garbage in bytes per message, by what was done. */
export function measureAll(): Record<string, number> {
  const bytes = Buffer.alloc(5_000, 'a');
  const accented = 'ten lett é '.repeat(10);
  return {
    'read 64 bytes': decoding(bytes.subarray(0, 64), true),
    'read text of 64 bytes': decoding(Buffer.from('abcd'.repeat(16)), false),
    'read text of 64 bytes beyond ASCII': decoding(Buffer.from('äöüß'.repeat(8)), false),
    'read text of 1 KiB beyond ASCII': decoding(Buffer.from('äöüß'.repeat(128)), false),
    'read 1 KiB': decoding(bytes.subarray(0, 1_024), true),
    'read 1 KiB, one in each chunk cut': decoding(bytes.subarray(0, 1_024), true, 700),
    'write 64 bytes as a server': encoding('server', (encoder) =>
      encoder.message(bytes, 3, 67, true),
    ),
    'write 1 KiB as a server': encoding('server', (encoder) =>
      encoder.message(bytes, 3, 1_027, true),
    ),
    'write 64 bytes as a client': encoding('client', (encoder) =>
      encoder.message(bytes, 3, 67, true),
    ),
    'write a text of 100 letters': encoding('server', (encoder) => encoder.text(accented)),
    'write a text': encoding('server', (encoder) =>
      encoder.text('a text of some forty letters in ASCII'),
    ),
    'write a pong': encoding('server', (encoder) => encoder.pong(bytes, 0, 10)),
  };
}

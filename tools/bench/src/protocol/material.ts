// The messages and chunks that the codecs read and write.
import { FrameEncoder } from '@hioload/protocol';
import { Duplex } from 'node:stream';
import { deflateRawSync, constants } from 'node:zlib';
import { ReusingPool } from './reusing-pool.js';

/**
 * Chunks that are read in a turn. They take half a megabyte, which is more than a first-level cache
 * and less than a second-level one.
 */
const CHUNKS = 8;
const CHUNK_BYTES = 65_536;

/** The longest message that the readers accept. */
export const MAX_MESSAGE_BYTES = 1_048_576;
/** The default compression level of `ws`. */
export const LEVEL = 6;

export const BYTES = Buffer.alloc(65_536, 7);
export const ASCII_TEXT = 'The quick brown fox jumps over the lazy dog, 0123456789 times. '
  .repeat(17)
  .slice(0, 1_024);
const UNICODE_TEXT = 'Zwölf Boxkämpfer jagen Виктора über den großen Deich 漢字 😀. '.repeat(20);
/** A kilobyte of the text, cut at a code point. */
export const UNICODE_BYTES = Buffer.from(
  Buffer.from(UNICODE_TEXT).subarray(0, 1_024).toString().replaceAll('\ufffd', ''),
);
export const JSON_BYTES = Buffer.from(
  JSON.stringify(
    Array.from({ length: 40 }, (_, id) => ({
      id,
      name: `user ${(id * 7919) % 97}`,
      ok: id % 3 === 0,
    })),
  ),
).subarray(0, 1_024);

/** Chunks of frames that can be read again and again, although reading unmasks them. */
export interface ChunkSource {
  readonly chunks: readonly Buffer[];
  readonly frames: number;
  readonly isMasked: boolean;
  /** Restores the original bytes of the chunks. */
  restore(): void;
}

/** Chunks as a client sends them. */
export function clientChunks(payload: Buffer, isBinary: boolean): ChunkSource {
  const perChunk = Math.max(1, Math.floor(CHUNK_BYTES / (payload.length + 8)));
  const originals = Array.from({ length: CHUNKS }, () => {
    const encoder = new FrameEncoder({ role: 'client', pool: new ReusingPool() });
    for (let i = 0; i < perChunk; i++) encoder.message(payload, 0, payload.length, isBinary);
    let found = Buffer.alloc(0);
    encoder.flush((bytes, start, end) => (found = Buffer.from(bytes.subarray(start, end))));
    return found;
  });
  // Each chunk has memory of its own, as the chunks of sockets do.
  const chunks = originals.map((original) => Buffer.from(new Uint8Array(original).buffer));
  const restore = (): void => chunks.forEach((chunk, index) => void chunk.set(originals[index]!));
  return { chunks, frames: CHUNKS * perChunk, isMasked: true, restore };
}

/** Compressed frames of a server, each compressed by itself. */
export function compressedChunk(payload: Buffer, frames: number): Buffer {
  const packed = deflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
  const encoder = new FrameEncoder({ role: 'server', pool: new ReusingPool() });
  for (let i = 0; i < frames; i++) encoder.frame(true, 4, 2, packed, 0, packed.length);
  let found = Buffer.alloc(0);
  encoder.flush((bytes, start, end) => (found = Buffer.from(bytes.subarray(start, end))));
  return found;
}

/** Texts that lie in one buffer. */
export interface TextRanges {
  readonly bytes: Buffer;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** So many ranges that the processor does not remember one until it comes again. */
const RANGES_ANYWHERE = 50_000;

/**
 * Ranges of a chunk that is full of one text. `alike`: one text behind the other, as they come
 * chunk after chunk. `anywhere`: ranges between places that hardly ever repeat, each as long as the
 * text, give or take 64 octets.
 */
export function rangesOf(text: Buffer, where: 'alike' | 'anywhere'): TextRanges {
  const bytes = Buffer.from(new Uint8Array(CHUNK_BYTES).buffer);
  const starts: number[] = [];
  const ends: number[] = [];
  const step = text.length + 8;
  for (let at = 8; at + text.length <= bytes.length; at += step) {
    text.copy(bytes, at);
    starts.push(at);
    ends.push(at + text.length);
  }
  if (where === 'alike') return { bytes, starts, ends };
  // Places between two code points, drawn by a linear congruential generator.
  const places = [...bytes.keys()].filter((at) => (bytes[at]! & 0xc0) !== 0x80);
  let seed = 1;
  const draw = (below: number): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  starts.length = ends.length = 0;
  while (starts.length < RANGES_ANYWHERE) {
    const start = draw(places.length);
    const end = start + Math.round(((text.length - 64 + draw(128)) / bytes.length) * places.length);
    if (end >= places.length) continue;
    starts.push(places[start]!);
    ends.push(places[end]!);
  }
  return { bytes, starts, ends };
}

/** A socket that takes all bytes at once and counts them. Both senders write to it. */
export class CountingSocket extends Duplex {
  bytes = 0;

  override _read(): void {
    // The socket reads nothing.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.bytes += chunk.length;
    done();
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: () => void): void {
    for (const { chunk } of chunks) this.bytes += chunk.length;
    done();
  }
}

export function requireEqual(what: string, found: number, expected: number): void {
  if (found !== expected) throw new Error(`${what}: ${found} instead of ${expected}`);
}

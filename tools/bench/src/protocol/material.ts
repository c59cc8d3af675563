// The messages and chunks that the codecs read and write.
import { FrameEncoder } from '@hioload/protocol';
import { Duplex } from 'node:stream';
import { deflateRawSync, constants } from 'node:zlib';
import { ReusingPool } from './reusing-pool.js';

/**
 * Chunks that are read in a turn: half a megabyte, more than a first level cache and less than a
 * second one.
 */
const CHUNKS = 8;
const CHUNK_BYTES = 65_536;

/** The longest message that the readers take. */
export const MAX_MESSAGE_BYTES = 1_048_576;
/** The level of compression that `ws` has by default. */
export const LEVEL = 6;

export const BYTES = Buffer.alloc(65_536, 7);
export const ASCII_TEXT = 'The quick brown fox jumps over the lazy dog, 0123456789 times. '
  .repeat(17)
  .slice(0, 1_024);
const UNICODE_TEXT = 'Zwölf Boxkämpfer jagen Виктора über den großen Deich 漢字 😀. '.repeat(20);
/** A kilobyte of it, cut at a code point. */
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

/** Chunks of frames, to be read again and again though reading unmasks them. */
export interface ChunkSource {
  readonly chunks: readonly Buffer[];
  readonly frames: number;
  readonly isMasked: boolean;
  /** Makes the chunks what they were. */
  restore(): void;
}

/** Chunks as they come from a client. */
export function clientChunks(payload: Buffer, isBinary: boolean): ChunkSource {
  const perChunk = Math.max(1, Math.floor(CHUNK_BYTES / (payload.length + 8)));
  const originals = Array.from({ length: CHUNKS }, () => {
    const encoder = new FrameEncoder({ role: 'client', pool: new ReusingPool() });
    for (let i = 0; i < perChunk; i++) encoder.message(payload, 0, payload.length, isBinary);
    let found = Buffer.alloc(0);
    encoder.flush((bytes, start, end) => (found = Buffer.from(bytes.subarray(start, end))));
    return found;
  });
  // Each in memory of its own, as chunks from sockets are.
  const chunks = originals.map((original) => Buffer.from(new Uint8Array(original).buffer));
  const restore = (): void => chunks.forEach((chunk, index) => void chunk.set(originals[index]!));
  return { chunks, frames: CHUNKS * perChunk, isMasked: true, restore };
}

/** Server frames that are compressed, each by itself. */
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

/** So many that none is remembered until it comes again. */
const RANGES_ANYWHERE = 50_000;

/**
 * Ranges of a chunk full of one text: `alike`, one text behind the other as they come chunk after
 * chunk; or `anywhere`, from and to places that hardly ever come again, each as long as the text,
 * give or take 64 octets.
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

/** A socket that takes everything at once and counts it: what both senders write to. */
export class CountingSocket extends Duplex {
  bytes = 0;

  override _read(): void {
    // Nothing comes back.
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

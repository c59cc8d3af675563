// Our codec, as `bench protocol` measures it.
import type { ExtensionSession } from '@hioload/api';
import { FrameEncoder, MessageReader, PermessageDeflate, Utf8Validator } from '@hioload/protocol';
import { type Codec, type CompressionTerms, ReadTally } from './codec.js';
import { compressedChunk, JSON_BYTES, LEVEL, MAX_MESSAGE_BYTES } from './material.js';
import { ReusingPool } from './reusing-pool.js';

/** All codecs share one pool, as all connections of a reactor do. */
const pool = new ReusingPool();

const ignore = (): void => {};

function readerFor(
  tally: ReadTally,
  role: 'server' | 'client',
  extension?: ExtensionSession,
): MessageReader {
  const message = (_bytes: Uint8Array, start: number, end: number): void => tally.note(end - start);
  const limits = { maxMessageBytes: MAX_MESSAGE_BYTES, maxFragments: 1_024, assemblyMs: 30_000 };
  const sink = { message, ping: ignore, pong: ignore, close: ignore };
  return new MessageReader(sink, { role, ...limits, now: () => 0, pool, extension });
}

const compression = ({ contextTakeover, windows }: CompressionTerms): PermessageDeflate =>
  new PermessageDeflate({
    contextTakeover,
    ...(windows === 'largest' ? { windowBits: 15 } : {}),
    level: LEVEL,
    minBytes: 0,
    maxContextBytes: 2 ** 32,
  });

const session = (isCompressed: boolean): ExtensionSession | undefined =>
  isCompressed
    ? compression({ contextTakeover: false, windows: 'default' }).accept([])!.session
    : undefined;

export const OUR_CODEC: Codec = {
  reader(isMasked, isCompressed, tally) {
    const reader = readerFor(tally, isMasked ? 'server' : 'client', session(isCompressed));
    return (chunk) => {
      const violation = reader.read(chunk, 0, chunk.length);
      if (violation !== undefined) throw new Error(violation.meaning);
    };
  },

  /** Puts the messages of a turn into one write, as a transport does. */
  writer({ message, isMasked, isCompressed }, socket) {
    const role = isMasked ? 'client' : 'server';
    const encoder = new FrameEncoder({ role, pool, extension: session(isCompressed) });
    const write = (bytes: Uint8Array, start: number, end: number): void => {
      socket.write(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start));
    };
    return (messages) => {
      if (typeof message === 'string') for (let i = 0; i < messages; i++) encoder.text(message);
      else for (let i = 0; i < messages; i++) encoder.message(message, 0, message.length, true);
      encoder.flush(write);
    };
  },

  textCheck() {
    const validator = new Utf8Validator();
    return (bytes, start, end) => validator.push(bytes, start, end) && validator.isComplete;
  },

  connection(terms) {
    const extension = compression(terms);
    const frame = compressedChunk(JSON_BYTES, 1);
    return () => {
      const { session: both } = extension.accept([])!;
      const encoder = new FrameEncoder({ role: 'server', pool, extension: both });
      encoder.message(JSON_BYTES, 0, JSON_BYTES.length, true);
      encoder.release();
      const reader = readerFor(new ReadTally(), 'client', both);
      reader.read(Buffer.from(frame), 0, frame.length);
      return { encoder, reader };
    };
  },
};

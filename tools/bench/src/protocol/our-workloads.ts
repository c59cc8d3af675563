import type { ExtensionSession } from '@hioload/api';
import { FrameEncoder, MessageReader, PermessageDeflate, Utf8Validator } from '@hioload/protocol';
import {
  ASCII_TEXT,
  type ChunkSource,
  clientChunks,
  compressedChunk,
  CountingSocket,
  JSON_BYTES,
  requireEqual,
  UNICODE_BYTES,
} from './material.js';
import { ReusingPool } from './reusing-pool.js';
import type { Workload, Workloads } from './workload.js';

const MESSAGES = 200;
const MAX_MESSAGE_BYTES = 1_048_576;
/** The level that `ws` has by default. */
const LEVEL = 6;

class Counter {
  messages = 0;
  bytes = 0;
  message(_bytes: Uint8Array, start: number, end: number): void {
    this.messages += 1;
    this.bytes += end - start;
  }
  ping(): void {}
  pong(): void {}
  close(): void {}
}

/** One pool for all, as a reactor has. */
const pool = new ReusingPool();

function readerFor(counter: Counter, role: 'server' | 'client', extension?: ExtensionSession): MessageReader {
  const limits = { maxMessageBytes: MAX_MESSAGE_BYTES, maxFragments: 1_024, assemblyMs: 30_000 };
  return new MessageReader(counter, { role, ...limits, now: () => 0, pool, extension });
}

function reading(source: ChunkSource, messageBytes: number): Workload {
  const counter = new Counter();
  const reader = readerFor(counter, 'server');
  let turns = 0;
  return {
    messagesPerTurn: source.frames,
    messageBytes,
    prepare: source.restore,
    turn: () => {
      turns += 1;
      for (const chunk of source.chunks) {
        const violation = reader.read(chunk, 0, chunk.length);
        if (violation !== undefined) throw new Error(violation.meaning);
      }
    },
    verify: () => {
      requireEqual('messages read', counter.messages, turns * source.frames);
      requireEqual('bytes read', counter.bytes, turns * source.frames * messageBytes);
    },
  };
}

/** Messages into one write a turn, as a transport does it. */
function writing(
  role: 'server' | 'client',
  messageBytes: number,
  wireBytes: number,
  add: (encoder: FrameEncoder) => void,
  extension?: ExtensionSession,
): Workload {
  const encoder = new FrameEncoder({ role, pool, extension });
  const socket = new CountingSocket();
  let turns = 0;
  const write = (bytes: Uint8Array, start: number, end: number): void => {
    socket.write(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start));
  };
  return {
    messagesPerTurn: MESSAGES,
    messageBytes,
    turn: () => {
      turns += 1;
      for (let i = 0; i < MESSAGES; i++) add(encoder);
      encoder.flush(write);
    },
    verify: () => {
      if (wireBytes > 0) requireEqual('bytes written', socket.bytes, turns * MESSAGES * wireBytes);
      else if (socket.bytes >= turns * MESSAGES * messageBytes) throw new Error('nothing was compressed');
    },
  };
}

const deflateSession = (contextTakeover: boolean): ExtensionSession =>
  new PermessageDeflate({ contextTakeover, level: LEVEL, minBytes: 0 }).accept([])!.session;

function inflating(): Workload {
  const original = compressedChunk(JSON_BYTES, MESSAGES);
  const chunk = Buffer.from(original);
  const counter = new Counter();
  const reader = readerFor(counter, 'client', deflateSession(false));
  let turns = 0;
  return {
    messagesPerTurn: MESSAGES,
    messageBytes: JSON_BYTES.length,
    turn: () => {
      turns += 1;
      reader.read(chunk, 0, chunk.length);
    },
    verify: () => requireEqual('bytes inflated', counter.bytes, turns * MESSAGES * JSON_BYTES.length),
  };
}

function checking(): Workload {
  const validator = new Utf8Validator();
  const text = Buffer.concat([Buffer.alloc(8), UNICODE_BYTES]);
  let good = 0;
  let turns = 0;
  return {
    messagesPerTurn: MESSAGES,
    messageBytes: UNICODE_BYTES.length,
    turn: () => {
      turns += 1;
      for (let i = 0; i < MESSAGES; i++) if (validator.push(text, 8, text.length)) good += 1;
    },
    verify: () => requireEqual('texts that are UTF-8', good, turns * MESSAGES),
  };
}

const bytes = Buffer.alloc(65_536, 7);
const slice = bytes.subarray(9, 73);
const text = ASCII_TEXT.slice(0, 64);

export const OUR_WORKLOADS: Workloads = {
  'read-64': () => reading(clientChunks(bytes.subarray(0, 64), true), 64),
  'read-64k': () => reading(clientChunks(bytes, true), 65_536),
  'read-text': () => reading(clientChunks(Buffer.from(ASCII_TEXT), false), 1_024),
  'read-unicode': () => reading(clientChunks(UNICODE_BYTES, false), UNICODE_BYTES.length),
  'check-unicode': checking,
  'write-64': () => writing('server', 64, 66, (encoder) => encoder.message(slice, 0, 64, true)),
  'write-text': () => writing('server', 64, 66, (encoder) => encoder.text(text)),
  'write-masked': () => writing('client', 64, 70, (encoder) => encoder.message(slice, 0, 64, true)),
  deflate: () =>
    writing('server', 1_024, 0, (encoder) => encoder.message(JSON_BYTES, 0, 1_024, true), deflateSession(false)),
  inflate: inflating,
};

/** One connection that compresses and decompresses, used once in each direction. Kept alive by the caller. */
export function ourConnection(contextTakeover: boolean): () => object {
  const extension = new PermessageDeflate({ contextTakeover, level: LEVEL, minBytes: 0, maxContextBytes: 2 ** 32 });
  const frame = compressedChunk(JSON_BYTES, 1);
  return () => {
    const { session } = extension.accept([])!;
    const encoder = new FrameEncoder({ role: 'server', pool, extension: session });
    encoder.message(JSON_BYTES, 0, JSON_BYTES.length, true);
    encoder.release();
    const reader = readerFor(new Counter(), 'client', session);
    reader.read(Buffer.from(frame), 0, frame.length);
    return { encoder, reader };
  };
}

// Test support: reads messages from chunks and records them.
import { FakeBytePool } from '@hioload/fake';
import {
  MessageReader,
  type MessageReaderOptions,
  type MessageSink,
  type ProtocolViolation,
} from '../src/index.js';

/** Records the events of a reader, with payloads in hex. */
export class MessageRecorder implements MessageSink {
  readonly events: string[] = [];

  message(bytes: Uint8Array, start: number, end: number, isBinary: boolean): void {
    this.#note(isBinary ? 'binary' : 'text', bytes, start, end);
  }

  ping(bytes: Uint8Array, start: number, end: number): void {
    this.#note('ping', bytes, start, end);
  }

  pong(bytes: Uint8Array, start: number, end: number): void {
    this.#note('pong', bytes, start, end);
  }

  close(code: number, reason: string): void {
    this.events.push(`close ${code} ${reason}`.trimEnd());
  }

  #note(kind: string, bytes: Uint8Array, start: number, end: number): void {
    this.events.push(
      `${kind} ${Buffer.from(bytes.subarray(start, end)).toString('hex')}`.trimEnd(),
    );
  }
}

/**
 * Makes a reader with its own sink and pool. By default it is the reader of a client, whose frames
 * need no mask.
 */
export function readerFor(options: Partial<MessageReaderOptions> = {}) {
  const pool = new FakeBytePool();
  const sink = new MessageRecorder();
  const reader = new MessageReader(sink, {
    role: 'client',
    maxMessageBytes: 1_000_000,
    maxFragments: 1_024,
    assemblyMs: 0,
    pool,
    now: () => 0,
    ...options,
  });
  return { pool, sink, reader };
}

/** Reads a copy of each chunk, and returns the events. */
export function readAll(
  chunks: readonly Uint8Array[],
  options: Partial<MessageReaderOptions> = {},
) {
  const { pool, sink, reader } = readerFor(options);
  let violation: ProtocolViolation | undefined;
  for (const chunk of chunks) violation = reader.read(Buffer.from(chunk), 0, chunk.length);
  return { events: sink.events, violation, pool, reader };
}

/** Cuts into single octets, which is the finest possible cut. */
export const octets = (bytes: Uint8Array): Buffer[] => [...bytes].map((octet) => Buffer.of(octet));

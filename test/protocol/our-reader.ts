// Test support: our reader with a record of its calls.
import type { ExtensionSession } from '@hioload/api';
import { FakeBytePool } from '@hioload/fake';
import { MessageReader, type MessageSink, type ProtocolViolation } from '@hioload/protocol';
import type { Outcome } from './reference-reader.js';

export interface OurOptions {
  readonly isServer: boolean;
  readonly maxMessageBytes: number;
  readonly maxFragments: number;
  readonly extension?: ExtensionSession;
}

export interface OurOutcome extends Outcome {
  /** The rule that was broken, or the empty string. */
  readonly rule: string;
  readonly peakBytes: number;
}

/** A reader of ours that writes down what it calls. */
export function ourReader(
  options: OurOptions,
  pool: FakeBytePool,
): { reader: MessageReader; events: string[] } {
  const events: string[] = [];
  const note = (kind: string, bytes: Uint8Array, start: number, end: number): void => {
    events.push(`${kind} ${Buffer.from(bytes.subarray(start, end)).toString('hex')}`.trimEnd());
  };
  const sink: MessageSink = {
    message: (bytes, start, end, isBinary) => note(isBinary ? 'binary' : 'text', bytes, start, end),
    ping: (bytes, start, end) => note('ping', bytes, start, end),
    pong: (bytes, start, end) => note('pong', bytes, start, end),
    close: (code, reason) => void events.push(`close ${code} ${reason}`.trimEnd()),
  };
  const role = options.isServer ? 'server' : 'client';
  return {
    reader: new MessageReader(sink, { ...options, role, assemblyMs: 0, now: () => 0, pool }),
    events,
  };
}

/**
 * What our reader makes of chunks, whose memory it may change. @throws whatever the reader throws,
 * which is a finding
 */
export function readByOurs(chunks: readonly Uint8Array[], options: OurOptions): OurOutcome {
  const pool = new FakeBytePool();
  const { reader, events } = ourReader(options, pool);
  let violation: ProtocolViolation | undefined;
  for (const chunk of chunks) violation = reader.read(chunk, 0, chunk.length);
  reader.stop();
  if (pool.outstanding !== 0) throw new Error(`${pool.outstanding} blocks were not given back`);
  return {
    events,
    code: violation?.closeCode ?? 0,
    rule: violation?.rule ?? '',
    peakBytes: pool.peakBytes,
  };
}

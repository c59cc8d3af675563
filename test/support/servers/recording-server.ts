// A server for tests that records what its handlers saw.
import type { Clock, Transport, TransportOptions, WebSocketConn } from '@hioload/api';
import type { FakeAdmission, FakeMetrics } from '@hioload/fake';
import { showBytes } from '../wire/index.js';
import { buildTransport, type Fault, listen, type TransportSettings } from './build-transport.js';
import type { Subject } from './subject.js';

/** What the handlers saw of one connection. */
export class Recording {
  conn: WebSocketConn | undefined;
  /** Messages, as {@link showBytes} shows them. */
  readonly messages: string[] = [];
  readonly pings: string[] = [];
  readonly pongs: string[] = [];
  /** Code and reason of each call of the close handler. */
  readonly closes: (readonly [number, string])[] = [];
  readonly closed: Promise<void>;
  /** Settles {@link closed}. */
  readonly settle: () => void;

  constructor() {
    let settle = (): void => undefined;
    this.closed = new Promise((resolve) => (settle = resolve));
    this.settle = settle;
  }
}

/** Settings of a server that differ from the defaults. */
export type RecordingOptions = Omit<TransportSettings<TransportOptions>, 'metrics'> & {
  /** A clock for a subject that takes one. */
  readonly clock?: Clock;
};

/** An echo server that writes down, for each connection, what its handlers see. */
export interface RecordingServer {
  readonly subject: Subject;
  readonly transport: Transport;
  readonly port: number;
  readonly metrics: FakeMetrics;
  readonly admission: FakeAdmission;
  readonly faults: readonly Fault[];
  /** A recording for one connection more, and the request line with which it is asked for. */
  record(): { readonly recording: Recording; readonly requestLine: string };
  close(): void;
}

/**
 * Starts a server on a free port. Its path is any: the query of a handshake tells which recording
 * is its own.
 */
export async function serveRecording(
  subject: Subject,
  options: RecordingOptions = {},
): Promise<RecordingServer> {
  const recordings: Recording[] = [];
  const of = (conn: WebSocketConn): Recording => conn.data as Recording;
  const { transport, metrics, admission, faults } = await buildTransport(subject.create, {
    path: '/*',
    ...options,
    handlers: {
      upgrade: ({ query }) => ({ status: 101, data: recordings[Number(query)] ?? new Recording() }),
      open: (conn) => void (of(conn).conn = conn),
      message(conn, message) {
        of(conn).messages.push(showBytes(message.isBinary ? 'binary' : 'text', message.bytes()));
        return conn.send(message);
      },
      ping: (conn, payload) => void of(conn).pings.push(showBytes('ping', payload)),
      pong: (conn, payload) => void of(conn).pongs.push(showBytes('pong', payload)),
      close(conn, code, reason) {
        of(conn).closes.push([code, reason]);
        of(conn).settle();
      },
      ...options.handlers,
    },
  });
  const port = await listen(transport);
  return {
    subject,
    transport,
    port,
    metrics,
    admission,
    faults,
    record() {
      const recording = new Recording();
      return { recording, requestLine: `GET /?${recordings.push(recording) - 1} HTTP/1.1` };
    },
    close: () => transport.close(),
  };
}

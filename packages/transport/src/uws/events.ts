/* The callbacks of the native library for open connections. */
import {
  CloseCode,
  closedMetric,
  type ConnectionHandlers,
  ConnState,
  Metric,
  type Metrics,
} from '@hioload/api';
import type { FaultBarrier } from '../shared/faults.js';
import type { RateLimit } from '../shared/rate-limit.js';
import type { UwsConn } from './connection.js';
import { runMicrotasksInJavaScript } from './exit-guard.js';
import type { NativeLosses } from './native-losses.js';
import type { UwsMessage } from './uws-message.js';
import type { NativeBehavior } from './native.js';

/** The transport, as the callbacks see it. */
export interface EventHost {
  readonly handlers: ConnectionHandlers;
  readonly metrics: Metrics;
  /** The limit of messages per second; null where a connection may send any number. */
  readonly rateLimit: RateLimit | null;
  readonly faults: FaultBarrier;
  /** The one object that stands for every message while its hook runs. */
  readonly message: UwsMessage;
  /** Counts the callbacks that are hooks. */
  callbacks: number;
  onOpen(conn: UwsConn): void;
  readonly losses: NativeLosses;
  onClosed(conn: UwsConn): void;
}

type Events = Pick<
  NativeBehavior<UwsConn>,
  'open' | 'message' | 'dropped' | 'drain' | 'close' | 'ping' | 'pong'
>;

/**
 * Makes the callbacks. Each calls one hook behind a barrier, because an exception must not unwind
 * into native code. Without a hook for pings or pongs, the callback is left out, which saves a
 * call.
 */
export function nativeEvents(host: EventHost): Events {
  const { handlers, faults } = host;
  return {
    open: openEvent(host),
    message: messageEvent(host),
    dropped: (socket, payload, isBinary) =>
      host.losses.onNativeLoss(socket.conn, payload, isBinary),
    drain: ({ conn }) => {
      host.callbacks += 1;
      if (conn.state !== ConnState.Open) {
        host.losses.cutDoomed();
      } else {
        try {
          faults.watch('drain', handlers.drain?.(conn.app), conn);
        } catch (error) {
          faults.hookFailed('drain', error, conn);
        }
      }
    },
    close: closeEvent(host),
    ...(handlers.ping !== undefined && { ping: controlEvent(host, 'ping') }),
    ...(handlers.pong !== undefined && { pong: controlEvent(host, 'pong') }),
  };
}

function openEvent(host: EventHost): Events['open'] {
  const { handlers, metrics, faults, rateLimit } = host;
  return (socket) => {
    const { conn } = socket;
    host.callbacks += 1;
    conn.attach(socket);
    rateLimit?.begin(conn, performance.now());
    metrics.add(Metric.Connections, 1);
    metrics.add(Metric.ConnectionsOpened, 1);
    host.onOpen(conn);
    try {
      faults.watch('open', handlers.open?.(conn.app), conn);
    } catch (error) {
      faults.hookFailed('open', error, conn);
    }
  };
}

/** The hot path: this code runs for every message. */
function messageEvent(host: EventHost): Events['message'] {
  const { handlers, metrics, faults, message, rateLimit } = host;
  return (socket, payload, isBinary) => {
    const { conn } = socket;
    host.callbacks += 1;
    if (conn.state !== ConnState.Open) {
      host.losses.cutDoomed();
      return;
    }
    if (rateLimit !== null && --conn.credit < 0 && !rateLimit.renew(conn, performance.now())) {
      conn.end(CloseCode.PolicyViolation, 'too many messages');
      return;
    }
    message.begin(payload, isBinary);
    metrics.add(Metric.MessagesIn, 1);
    metrics.add(Metric.MessageBytesIn, message.byteLength);
    try {
      const returned: unknown = handlers.message?.(conn.app, message);
      if (returned !== undefined && faults.watch('message', returned, conn))
        runMicrotasksInJavaScript();
    } catch (error) {
      faults.hookFailed('message', error, conn);
    }
    message.expire();
  };
}

function closeEvent(host: EventHost): Events['close'] {
  return ({ conn }, code, reason) => {
    // The application was told before, where it cut the connection itself.
    if (conn.state !== ConnState.Closed) {
      // Where no close frame came, the native library gives a remark of its own as the reason.
      const said = code === CloseCode.Abnormal ? '' : Buffer.from(reason).toString();
      settle(host, conn, code, said);
    }
    conn.detach();
  };
}

/** Ends a connection: counts it, and calls the close hook. */
export function settle(host: EventHost, conn: UwsConn, code: number, reason: string): void {
  const { handlers, metrics, faults } = host;
  conn.state = ConnState.Closed;
  metrics.add(Metric.Connections, -1);
  metrics.add(closedMetric(code), 1);
  host.onClosed(conn);
  try {
    if (faults.watch('close', handlers.close?.(conn.app, code, reason), conn))
      runMicrotasksInJavaScript();
  } catch (error) {
    faults.hookFailed('close', error, conn);
  }
}

function controlEvent(host: EventHost, hook: 'ping' | 'pong'): NonNullable<Events['ping']> {
  const { handlers, faults } = host;
  return ({ conn }, payload) => {
    host.callbacks += 1;
    if (conn.state !== ConnState.Open) return;
    try {
      faults.watch(hook, handlers[hook]?.(conn.app, new Uint8Array(payload)), conn);
    } catch (error) {
      faults.hookFailed(hook, error, conn);
    }
  };
}

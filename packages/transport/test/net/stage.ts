import { type ConnectionHandlers, DEFAULT_LIMITS, type WebSocketConn } from '@hioload/api';
import { FakeAdmission, FakeBytePool, FakeClock, FakeMetrics } from '@hioload/fake';
import { afterEach } from 'vitest';
import {
  createNetTransport,
  type NetTransport,
  type NetTransportOptions,
} from '../../src/net/index.js';
import { OwnNetConn } from './own-net-conn.js';

const transports: NetTransport[] = [];

afterEach(() => {
  for (const transport of transports.splice(0)) transport.close();
});

export interface Stage {
  readonly transport: NetTransport;
  readonly net: OwnNetConn;
  readonly conn: WebSocketConn;
  readonly clock: FakeClock;
  readonly pool: FakeBytePool;
  readonly admission: FakeAdmission;
  /** One more connection. */
  connect(...behind: readonly Buffer[]): OwnNetConn;
}

/** A transport that has one connection, over a `NetConn` that the test holds. */
export async function open(
  handlers: ConnectionHandlers = {},
  options: Partial<NetTransportOptions> = {},
): Promise<Stage> {
  const clock = new FakeClock();
  const pool = new FakeBytePool();
  const admission = new FakeAdmission();
  let conn: WebSocketConn | undefined;
  const transport = await createNetTransport({
    handlers: {
      ...handlers,
      open: (one) => {
        conn ??= one;
        return handlers.open?.(one);
      },
    },
    path: '/',
    protocols: [],
    allowedOrigins: [],
    whenBufferFull: 'drop',
    admission,
    metrics: new FakeMetrics(),
    firstConnId: 1,
    onFault: (error) => {
      throw error;
    },
    clock,
    pool,
    ...options,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
  });
  transports.push(transport);
  const connect = (...behind: readonly Buffer[]): OwnNetConn => {
    const net = new OwnNetConn();
    transport.accept(net);
    net.open(...behind);
    return net;
  };
  const net = connect();
  return { transport, net, conn: conn!, clock, pool, admission, connect };
}

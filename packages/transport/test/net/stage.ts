// Test support: a net transport with one connection that the test controls.
import type { ConnectionHandlers, WebSocketConn } from '@hioload/api';
import { type FakeAdmission, FakeBytePool, FakeClock } from '@hioload/fake';
import { buildTransport, type TransportSettings } from '@hioload/test-support/servers';
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
  /** Opens one more connection. */
  connect(...behind: readonly Buffer[]): OwnNetConn;
}

/** Opens a transport with one connection, over a `NetConn` that the test controls. */
export async function open(
  handlers: ConnectionHandlers = {},
  options: TransportSettings<NetTransportOptions> = {},
): Promise<Stage> {
  const clock = new FakeClock();
  const pool = new FakeBytePool();
  let conn: WebSocketConn | undefined;
  const { transport, admission } = await buildTransport(createNetTransport, {
    handlers: {
      ...handlers,
      open: (one) => {
        conn ??= one;
        return handlers.open?.(one);
      },
    },
    onFault: (error) => {
      throw error;
    },
    clock,
    pool,
    ...options,
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

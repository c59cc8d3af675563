// Tests that no harm to the object of a connection reaches the transport over real sockets.
import type { Transport, TransportOptions, WebSocketConn } from '@hioload/api';
import { createNetTransport } from '@hioload/transport/net';
import { createUwsTransport, loadUws } from '@hioload/transport/uws';
import { describe, it } from 'vitest';
import { survives } from './cases/slips.js';
import { socketHarness } from './drivers/socket-harness.js';
import { Scene } from './scene.js';

const mine = new Error('of the application');

/** What an application can do to the object of its connection. */
const HARM: Readonly<Record<string, (conn: WebSocketConn) => unknown>> = {
  'gives its connection another state': (conn) =>
    Object.defineProperty(conn, 'state', { value: 'open' }),
  'gives its connection a property that throws': (conn) =>
    Object.defineProperty(conn, 'bufferedBytes', {
      get() {
        throw mine;
      },
    }),
  'gives its connection another id and address': (conn) =>
    Object.defineProperties(conn, { id: { value: 0 }, remoteAddress: { value: 'elsewhere' } }),
  'gives its connection methods that throw': (conn) =>
    Object.defineProperties(
      conn,
      Object.fromEntries(
        ['end', 'terminate', 'send'].map((name) => [
          name,
          {
            value() {
              throw mine;
            },
          },
        ]),
      ),
    ),
  'takes the prototype of its connection away': (conn) => Object.setPrototypeOf(conn, null),
  'deletes what it can of its connection': (conn) => {
    for (const name of Reflect.ownKeys(conn)) Reflect.deleteProperty(conn, name);
  },
  'assigns to the methods of its connection': (conn) => Reflect.set(conn, 'end', undefined),
};

const native = await loadUws();
const KINDS: readonly (readonly [
  name: string,
  create: (options: TransportOptions) => Promise<Transport>,
])[] = [
  ['net', createNetTransport],
  ...(native.ok ? ([['uws', createUwsTransport]] as const) : []),
];

describe.each(KINDS)('%s', (_name, create) => {
  for (const [what, harm] of Object.entries(HARM)) {
    for (const isThrowing of [false, true]) {
      it(`survives a hook that ${what}${isThrowing ? ' and throws' : ''}`, async () => {
        const scene = new Scene(socketHarness(create));
        try {
          await survives(harm, isThrowing)(scene);
        } finally {
          await scene.dispose();
        }
      });
    }
  }
});

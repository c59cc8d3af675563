// Tests that the net transport keeps nothing of ended connections.
import type { ConnectionHandlers } from '@hioload/api';
import { frame, head, Op } from '@hioload/test-support/wire';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { OwnNetConn } from './own-net-conn.js';
import { open, type Stage } from './stage.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const CONNS = 50;

/**
 * Opens connections that are all in the middle of a message at the same time, and ends them when
 * the message is whole.
 */
function readAndLeave({ connect }: Stage): void {
  const message = frame(Op.Binary, Buffer.alloc(100));
  const nets = Array.from({ length: CONNS }, () => connect());
  for (const net of nets) net.arrive(message.subarray(0, 50));
  for (const net of nets) net.arrive(message.subarray(50));
  for (const net of nets) net.end();
}

it('keeps no memory of ended connections alive', async () => {
  const held: WeakRef<object>[] = [];
  let messages = 0;
  const handlers: ConnectionHandlers = {
    upgrade() {
      const data = { of: 'the application' };
      held.push(new WeakRef(data));
      return { status: 101, data };
    },
    message: (conn, message) => {
      messages += 1;
      conn.send(message);
    },
  };
  const stage = await open(handlers);
  readAndLeave(stage);
  expect([messages, stage.transport.connectionCount]).toEqual([CONNS, 1]);
  await turn();
  collect();
  await turn();
  collect();
  expect(held.filter((ref) => ref.deref() !== undefined)).toHaveLength(1);
});

it('keeps what a hook took from a request without the rest of its head', async () => {
  const taken: string[] = [];
  const { transport } = await open({
    upgrade({ path, query, headers, protocols }) {
      taken.push(path, query, headers.get('x-user-of-the-session')!, ...protocols);
      return { status: 101, data: undefined };
    },
  });
  taken.length = 0;
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 500; i++) {
    const net = new OwnNetConn();
    transport.accept(net);
    net.arrive(
      head({
        requestLine: `GET /?token-of-the-user=${i} HTTP/1.1`,
        extraLines: [
          `X-User-Of-The-Session: somebody with number ${i}`,
          'Sec-WebSocket-Protocol: protocol-of-the-house',
          `Cookie: ${'c'.repeat(6_000)}`,
        ],
      }),
    );
    net.end();
  }
  await turn();
  collect();
  expect(taken).toHaveLength(2_000);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(1_000_000);
});

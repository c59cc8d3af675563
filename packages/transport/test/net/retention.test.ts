// Tests that the net transport keeps nothing of ended connections.
import type { ConnectionHandlers } from '@hioload/api';
import { frame, Op } from '@hioload/test-support/wire';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
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

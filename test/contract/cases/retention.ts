// Cases of the transport contract: memory that is kept, and memory that is only lent.
import { eventually } from '@hioload/test-support/waiting';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'vitest';
import { type CaseGroup, hasReceived, textsOf } from '../scene.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** The bytes of the heap that are in use after all garbage has been collected. */
function retainedBytes(): number {
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

const MESSAGE_BYTES = 400_000;
const TOPICS = 20;

export const retentionCases: CaseGroup = {
  'keeps a topic without the message that it was cut from': async (scene) => {
    const server = await scene.serve();
    const { conn } = await server.connectBoth();
    const before = retainedBytes();
    for (let i = 0; i < TOPICS; i++) {
      const message = Buffer.alloc(MESSAGE_BYTES, `the-topic-with-number-${i} `).toString();
      expect(conn.subscribe(message.split(' ', 1)[0]!)).toBe(true);
    }
    expect(conn.isSubscribed('the-topic-with-number-7')).toBe(true);
    expect(retainedBytes() - before).toBeLessThan((TOPICS * MESSAGE_BYTES) / 4);
  },

  'lets no hook take its memory away': async (scene) => {
    let failures = 0;
    const server = await scene.serve({
      message(conn, message) {
        const view = message.bytes();
        const { buffer } = view;
        const { port1, port2 } = new MessageChannel();
        const attempts = [
          () => structuredClone(view, { transfer: [buffer as ArrayBuffer] }),
          () => port1.postMessage(view, [buffer as ArrayBuffer]),
        ];
        for (const attempt of attempts) {
          // Node 20 makes a copy instead, and later versions throw.
          try {
            attempt();
          } catch {
            failures += 1;
          }
        }
        port1.close();
        port2.close();
        conn.send(message);
      },
    });
    const peer = await server.connect();
    const other = await server.connect();
    peer.send('first');
    await hasReceived(peer, 1);
    peer.send(new Uint8Array(100_000).fill(0x61));
    await hasReceived(peer, 2);
    other.send('others');
    await hasReceived(other, 1);
    expect(textsOf(peer)).toEqual(['first', 'a'.repeat(100_000)]);
    expect(textsOf(other)).toEqual(['others']);
    expect([0, 6]).toContain(failures);
    await eventually('both are still open', () => server.transport.connectionCount === 2);
  },
};

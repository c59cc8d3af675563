// Tests of a peer that reads slowly.
import { SendStatus } from '@hioload/api';
import { SUBJECTS } from '@hioload/test-support/subjects';
import { frame, head, Op, RawClient } from '@hioload/test-support/wire';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { serveCounted } from './support/census.js';

const MESSAGE_BYTES = 65_536;
const MESSAGES = 800;
const SIP_MS = 1;
const REST_MS = 15;

describe.each(SUBJECTS)('$name: a slow reader', (subject) => {
  it(
    'gets each accepted message, in order and unchanged, and delays no other',
    { timeout: 60_000 },
    async () => {
      const server = await serveCounted(subject, { limits: { maxBufferedBytes: 262_144 } });
      const { recording, requestLine } = server.record();
      const slow = new RawClient(server.port);
      slow.write(head({ requestLine }));
      await slow.answer();
      slow.socket.pause();

      const accepted: number[] = [];
      const next = server.record();
      const quick = new RawClient(server.port);
      quick.write(head({ requestLine: next.requestLine }));
      await quick.answer();
      let isSipping = true;
      const sipping = (async () => {
        while (isSipping) {
          slow.socket.resume();
          await delay(SIP_MS);
          slow.socket.pause();
          await delay(REST_MS);
        }
        slow.socket.resume();
      })();
      for (let i = 0; i < MESSAGES; i++) {
        const payload = Buffer.alloc(MESSAGE_BYTES, i & 0xff);
        payload.writeUInt32BE(i);
        const status = recording.conn!.send(payload);
        if (status !== SendStatus.Dropped) accepted.push(i);
        expect(recording.conn!.bufferedBytes).toBeLessThan(262_144 + 2 * MESSAGE_BYTES);
        if (i % 10 !== 0) continue;
        const echoes = quick.frames.length;
        quick.write(frame(Op.Text, `${i}`));
        await quick.until('the echo of the quick one', () => quick.frames.length > echoes);
      }
      isSipping = false;
      await sipping;
      await slow.until('all that was accepted', () => slow.frames.length === accepted.length);
      expect(accepted.length).toBeLessThan(MESSAGES);
      expect(slow.frames.map(({ payload }) => payload.readUInt32BE(0))).toEqual(accepted);
      for (const { payload } of slow.frames) {
        const filler = payload.readUInt32BE(0) & 0xff;
        expect(payload.subarray(4).equals(Buffer.alloc(MESSAGE_BYTES - 4, filler))).toBe(true);
      }
      slow.destroy();
      quick.destroy();
      await server.expectEmpty();
      await server.expectNothingLeft();
    },
  );
});

// A stress test of the slab with two guest threads.
import { Lane, MpscRing, NO_BLOCK, Slab } from '@hioload/pool';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { startThread } from './thread.js';

const BLOCKS = 4_000;
const GUESTS = 2;

describe('a slab', () => {
  it('lends blocks to two other threads at once, and gets all of them back', async () => {
    // Few blocks, so that each goes round some hundred times and the pool runs dry now and then.
    const slab = Slab.create([
      { blockBytes: 48, blocks: 8 },
      { blockBytes: 240, blocks: 8 },
    ]);
    const owner = slab.owner();
    const answers = MpscRing.create({ capacity: 64, slotBytes: 16, firstSequence: 2 ** 32 - 100 });
    const lanes = Array.from({ length: GUESTS }, () => Lane.create({ capacityBytes: 1_024 }));
    const guests = await Promise.all(
      lanes.map((lane, guest) =>
        startThread('slab-guest.ts', {
          slab: slab.region,
          lane: lane.region,
          answers: answers.region,
          guest,
        }),
      ),
    );
    const ended = Promise.all(guests.map((guest) => once(guest, 'exit')));
    for (const guest of guests) guest.postMessage(BLOCKS);

    const producers = lanes.map((lane) => lane.producer({ flushEvery: 1 }));
    const consumer = answers.consumer();
    const next = new Int32Array(GUESTS);
    const wrong: string[] = [];
    let answered = 0;
    const listen = (): void => {
      consumer.drain(64, (bytes, start, end) => {
        const [guest, number, sound] = new Int32Array(
          bytes.slice(start, end).buffer,
        ) as unknown as number[];
        if (number !== next[guest!]!++ || sound !== 1)
          wrong.push(`guest ${guest} answers ${number}, sound: ${sound}`);
        answered++;
      });
    };
    const record = new Int32Array(3);
    const recordBytes = new Uint8Array(record.buffer);
    for (let number = 0; number < BLOCKS; number++) {
      const length = number % 3 === 0 ? 200 : 40;
      let handle = owner.tryAcquire(length);
      for (; handle === NO_BLOCK; handle = owner.tryAcquire(length)) listen();
      const at = owner.startOf(handle);
      for (let i = 0; i < length; i++) owner.bytes[at + i] = number + i;
      owner.retain(handle, GUESTS);
      record.set([handle, number, length]);
      for (const producer of producers) while (!producer.tryPush(recordBytes)) listen();
      owner.release(handle);
    }
    while (answered < GUESTS * BLOCKS) listen();
    await ended;

    expect(wrong).toEqual([]);
    expect(owner.stats().map(({ inUse }) => inUse)).toEqual([0, 0]);
  }, 120_000);
});

// Tests of the share of a slab that one reader may hold.
import { Lane, NO_BLOCK, Slab } from '@hioload/pool';
import { describe, expect, it } from 'vitest';
import { HANDLE_WORD, LEASED_HEADER_BYTES, RECORD_OFFSET } from '../../src/bus/bus-record.js';
import { ReaderShare } from '../../src/bus/out-lane.js';

const LANE_BYTES = 4_096;

/** A slab of two classes, and a lane in which each record stands for a block. */
function makeShare({ firstPosition = 0, blocks = [8, 3] } = {}) {
  const classes = [64, 1_024].map((blockBytes, i) => ({ blockBytes, blocks: blocks[i]! }));
  const owner = Slab.create(classes).owner();
  const lane = Lane.create({ capacityBytes: LANE_BYTES, firstPosition });
  const [producer, consumer] = [lane.producer(), lane.consumer()];
  const { buffer, byteOffset, byteLength } = producer.bytes;
  const words = new Int32Array(buffer, byteOffset, byteLength / Int32Array.BYTES_PER_ELEMENT);
  const share = new ReaderShare(owner, producer, words);
  const lent: { readonly handle: number; readonly handleWord: number }[] = [];
  return {
    owner,
    share,
    /** Lends blocks until the reader has its share. @returns how many */
    lendAll(byteLength: number): number {
      const before = lent.length;
      for (;;) {
        const handle = owner.tryAcquire(byteLength);
        if (handle === NO_BLOCK) return lent.length - before;
        if (!share.allows(handle)) {
          owner.release(handle);
          return lent.length - before;
        }
        const at = producer.tryReserve(LEASED_HEADER_BYTES, RECORD_OFFSET);
        const handleWord = (at >> 2) + HANDLE_WORD;
        words[handleWord] = handle;
        producer.commit();
        share.add(handle, handleWord);
        lent.push({ handle, handleWord });
      }
    },
    /** Lets the reader give back its oldest block, in the middle of a batch. */
    readOne(): void {
      const { handle, handleWord } = lent.shift()!;
      words[handleWord] = NO_BLOCK;
      owner.release(handle);
    },
    /** Frees all records as if their reader had died, with their handles. */
    clearUp(): void {
      producer.flush();
      for (const { handle } of lent.splice(0)) owner.release(handle);
      consumer.discard();
    },
    /** Sends `bytes` bytes past the reader, in records without blocks. */
    pass(bytes: number): void {
      const record = new Uint8Array(1_024);
      for (let sent = 0; sent < bytes; sent += record.length) {
        producer.tryPush(record);
        producer.flush();
        consumer.discard();
      }
    },
  };
}

describe('the share of a reader', () => {
  it('is half of the blocks of each size', () => {
    const { lendAll } = makeShare();
    expect(lendAll(64)).toBe(4);
    expect(lendAll(1_024)).toBe(2);
    expect(lendAll(64)).toBe(0);
  });

  it('is whole again when the records are freed, as often as one likes', () => {
    const { lendAll, clearUp } = makeShare();
    for (let round = 0; round < 20; round++) {
      expect([lendAll(64), lendAll(1_024)]).toEqual([4, 2]);
      clearUp();
    }
  });

  it('is two blocks, if there are any, whatever is left', () => {
    const { owner, lendAll } = makeShare();
    owner.tryAcquire(1_024);
    expect(lendAll(1_024)).toBe(2);
  });

  it('counts no block that was given back in the middle of a batch', () => {
    const { lendAll, readOne } = makeShare();
    expect(lendAll(1_024)).toBe(2);
    readOne();
    expect(lendAll(1_024)).toBe(1);
  });

  it('is whole again after several blocks, one of each size, came back since the last look', () => {
    const { share, lendAll, readOne } = makeShare({ blocks: [1, 1] });
    for (const sizes of [[64, 64, 1_024], [64, 1_024, 1_024, 1_024], [64]]) {
      for (const byteLength of sizes) {
        expect(lendAll(byteLength)).toBe(1);
        readOne();
      }
      share.forget();
    }
  });

  it('follows the blocks that other readers leave', () => {
    const { owner, lendAll } = makeShare();
    const others = [
      owner.tryAcquire(64),
      owner.tryAcquire(64),
      owner.tryAcquire(64),
      owner.tryAcquire(64),
    ];
    expect(lendAll(64)).toBe(2);
    for (const handle of others) owner.release(handle);
    expect(lendAll(64)).toBe(2);
  });

  it.each([2 ** 31 - 64, 2 ** 32 - 64])(
    'does not mind that positions wrap at %i',
    (firstPosition) => {
      const { lendAll, clearUp, pass } = makeShare({ firstPosition });
      expect(lendAll(64)).toBe(4);
      clearUp();
      pass(LANE_BYTES);
      expect(lendAll(64)).toBe(4);
    },
  );
});

// A guest thread of the stress test of the slab.
import { Lane, MpscRing, type Region, Slab } from '@hioload/pool';
import { parentPort, workerData } from 'node:worker_threads';

const { slab, lane, answers, guest } = workerData as {
  readonly slab: Region;
  readonly lane: Region;
  readonly answers: Region;
  readonly guest: number;
};

/*
 * Receives handles of blocks, checks that each still holds what was written for this guest, and
 * releases it. Answers each with its number through a ring that all guests share, so that the owner
 * knows what arrived.
 */
parentPort?.once('message', (blocks: number) => {
  const blocksOf = Slab.attach(slab).guest();
  const consumer = Lane.attach(lane).consumer();
  const answer = MpscRing.attach(answers).producer();
  const text = new Int32Array(3);
  const bytes = new Uint8Array(text.buffer);
  let seen = 0;
  while (seen < blocks) {
    consumer.drain(64, (record, start) => {
      const [handle, number, length] = new Int32Array(
        record.slice(start, start + 12).buffer,
      ) as unknown as number[];
      const at = blocksOf.startOf(handle!);
      let sound = 1;
      for (let i = 0; i < length!; i++)
        if (blocksOf.bytes[at + i] !== ((number! + i) & 0xff)) sound = 0;
      blocksOf.release(handle!);
      text.set([guest, number!, sound]);
      while (!answer.tryPush(bytes));
      seen++;
    });
  }
});
parentPort?.postMessage('ready');

// Measures the allocations of rings and pools, in a process of its own.
import {
  Doorbells,
  InterestMap,
  Lane,
  MpscRing,
  NO_BLOCK,
  RecyclingObjectPool,
  Slab,
  topicHash,
} from '@hioload/pool';
import { SpscRing } from '@hioload/pool/rings';
import { parentPort } from 'node:worker_threads';
import { getHeapStatistics } from 'node:v8';

/**
 * Few enough that what they could allocate fits into the young generation as it is: a collection
 * would hide it.
 */
const ROUND = 10_000;
const WARM_UP_ROUNDS = 20;
const ROUNDS = 31;
const debug = false;
/** Kept to 32 bits: a larger number would be an object of its own. */
let sum = 0;
const sink = (bytes: Uint8Array, start: number, end: number): void => {
  sum = (sum + end - start + bytes[start]!) | 0;
};

function spscRing(): () => void {
  const ring = SpscRing.create({ capacity: 64, slotBytes: 64 });
  const [producer, consumer] = [ring.producer(), ring.consumer({ debug })];
  const record = new Uint8Array(64);
  return () => {
    producer.tryPush(record);
    producer.flush();
    consumer.drain(1, sink);
  };
}

function lane(byteLength: number): () => void {
  const ring = Lane.create({ capacityBytes: 65_536 });
  const [producer, consumer] = [ring.producer(), ring.consumer({ debug })];
  const record = new Uint8Array(byteLength);
  return () => {
    producer.tryPush(record);
    producer.flush();
    consumer.drain(1, sink);
  };
}

function laneInPlace(): () => void {
  const ring = Lane.create({ capacityBytes: 65_536 });
  const [producer, consumer] = [ring.producer(), ring.consumer({ debug })];
  const several = [new Uint8Array(16), new Uint8Array(0), new Uint8Array(100)];
  return () => {
    producer.bytes[producer.tryReserve(40, 3)] = 1;
    producer.commit();
    producer.tryPushMany(several);
    consumer.drain(4, sink);
  };
}

function batch(): () => void {
  const ring = Lane.create({ capacityBytes: 65_536 });
  const [producer, consumer] = [ring.producer(), ring.consumer({ debug })];
  const record = new Uint8Array(32);
  return () => {
    producer.tryPush(record);
    producer.flush();
    sum = (sum + consumer.take(8).endOf(0)) | 0;
    consumer.release();
  };
}

function mpscRing(): () => void {
  const ring = MpscRing.create({ capacity: 64, slotBytes: 64 });
  const [producer, consumer] = [ring.producer(), ring.consumer({ debug })];
  const record = new Uint8Array(64);
  return () => {
    producer.tryPush(record);
    consumer.drain(1, sink);
  };
}

function slab(elsewhere: boolean): () => void {
  const memory = Slab.create([{ blockBytes: 64, blocks: 4 }]);
  const [owner, guest] = [memory.owner({ debug }), memory.guest({ debug })];
  return () => {
    const handle = owner.tryAcquire(64);
    if (handle === NO_BLOCK) throw new Error('the slab is empty');
    owner.bytes[owner.startOf(handle)] = 1;
    if (elsewhere) guest.release(handle);
    else owner.release(handle);
  };
}

function sharedBlock(): () => void {
  const memory = Slab.create([{ blockBytes: 64, blocks: 4 }]);
  const [owner, guest] = [memory.owner({ debug }), memory.guest({ debug })];
  return () => {
    const handle = owner.tryAcquire(64);
    owner.retain(handle, 2);
    owner.release(handle);
    sum = (sum + guest.startOf(handle) + guest.capacityOf(handle)) | 0;
    guest.release(handle);
    guest.release(handle);
  };
}

function interest(): () => void {
  const map = InterestMap.create({ reactors: 64 });
  const writer = map.writer(40);
  return () => {
    const topic = topicHash('prices/eurusd');
    writer.add(topic);
    sum = (sum + map.mask(topic, 1)) | 0;
    writer.remove(topic);
  };
}

function doorbell(): () => void {
  const bells = Doorbells.create(1);
  return () => void bells.ring(0);
}

function objectPool(): () => void {
  const pool = new RecyclingObjectPool({
    make: () => ({ value: 0 }),
    maxIdle: 8,
    debug,
  });
  return () => pool.release(pool.acquire());
}

const operations = {
  'SpscRing push and drain': spscRing(),
  'Lane push and drain, 16 bytes': lane(16),
  'Lane push and drain, 1 KiB': lane(1_024),
  'Lane reserve, commit, push many and drain': laneInPlace(),
  'Lane take and release': batch(),
  'MpscRing push and drain': mpscRing(),
  'Slab acquire and release': slab(false),
  'Slab acquire, release elsewhere': slab(true),
  'Slab retain, release here and elsewhere': sharedBlock(),
  'InterestMap add, mask, remove': interest(),
  'Doorbells ring': doorbell(),
  'RecyclingObjectPool acquire and release': objectPool(),
  // What the method shows where something is allocated.
  'control: an object each time': () => void (kept = { value: sum }),
};
let kept = { value: 0 };

/**
 * Bytes per operation, the median of some rounds after the code is compiled: now and then a round
 * has a compilation in it, or a garbage collection.
 */
function bytesPerOperation(operation: () => void): number {
  const rounds: number[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const before = getHeapStatistics().used_heap_size;
    for (let i = 0; i < ROUND; i++) operation();
    if (round >= WARM_UP_ROUNDS) rounds.push((getHeapStatistics().used_heap_size - before) / ROUND);
  }
  return rounds.toSorted((a, b) => a - b)[ROUNDS >> 1]!;
}

const found = Object.entries(operations).map(([name, operation]) => [
  name,
  bytesPerOperation(operation),
]);
parentPort?.postMessage({ found, sum: sum + kept.value });

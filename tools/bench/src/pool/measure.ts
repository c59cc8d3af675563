// Measures throughput, round trips and leases in the pool benchmark.
import { NO_BLOCK, Slab, spinPause } from '@hioload/pool';
import { once } from 'node:events';
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import { quantile } from '../core/statistics.js';
import type { Channel } from './channel.js';
import { isRecord } from './bench-record.js';
import type { PoolSeries } from './series.js';

/** Blocks that one thread borrows before the other thread gives all of them back. */
const LEASES_AT_A_TIME = 1_000;

/**
 * A reader that finds fewer records has caught up. It then leaves the writer alone for a moment.
 */
const FEW_RECORDS = 64;

const secondsSince = (begin: bigint): number => Number(process.hrtime.bigint() - begin) / 1e9;

/** Counts records. The clock starts when a quarter of the records has come. */
class Count {
  readonly #records: number;
  readonly #recordWords: number;
  #begin = 0n;
  seen = 0;

  constructor(records: number, recordBytes: number) {
    this.#records = records;
    this.#recordWords = recordBytes / Int32Array.BYTES_PER_ELEMENT;
  }

  readonly check = (words: Int32Array, at: number): void => {
    if (!isRecord(words, at, this.#recordWords, this.seen))
      throw new Error(`record ${this.seen} is not the one sent`);
    if (this.seen++ === this.#records >> 2) this.#begin = process.hrtime.bigint();
  };

  perSecond(): number {
    return (this.#records - (this.#records >> 2)) / secondsSince(this.#begin);
  }
}

/** Measures records per second through shared memory. */
export function channelThroughput(
  channel: Channel,
  series: PoolSeries,
  shared: unknown,
  peer: Worker,
  records: number,
): number {
  const reader = channel.reader({ ...series, shared });
  const count = new Count(records, series.recordBytes);
  peer.postMessage(null);
  while (count.seen < records) if (reader.poll(count.check) < FEW_RECORDS) spinPause();
  return count.perSecond();
}

/** Measures the median of a round trip through shared memory, in nanoseconds. */
export function channelRoundTrip(
  channel: Channel,
  series: PoolSeries,
  shared: [unknown, unknown],
  peer: Worker,
  records: number,
): number {
  const outgoing = channel.writer({ ...series, shared: shared[0] });
  const incoming = channel.reader({ ...series, shared: shared[1] });
  const times = new Float64Array(records);
  let answered = -1;
  const check = (words: Int32Array, at: number): void => void (answered = words[at]!);
  peer.postMessage(null);
  for (let sequence = 0; sequence < records; sequence++) {
    const begin = process.hrtime.bigint();
    outgoing.send(sequence);
    outgoing.flush();
    while (incoming.poll(check) === 0);
    times[sequence] = Number(process.hrtime.bigint() - begin);
    if (answered !== sequence) throw new Error(`the answer to ${sequence} is ${answered}`);
  }
  return quantile(
    [...times.slice(records >> 2)].toSorted((a, b) => a - b),
    0.5,
  );
}

/**
 * The message channel of an arm: the worker's own, or a channel over which memory changes hands.
 */
function portOf(peer: Worker, transfer: boolean): MessagePort | Worker {
  if (!transfer) {
    peer.postMessage(null);
    return peer;
  }
  const { port1, port2 } = new MessageChannel();
  peer.postMessage(port2, [port2]);
  return port1;
}

/** Measures records per second sent as messages. */
export async function messageThroughput(
  series: PoolSeries,
  peer: Worker,
  transfer: boolean,
  records: number,
): Promise<number> {
  const count = new Count(records, series.recordBytes);
  const port = portOf(peer, transfer);
  await new Promise<void>((resolve, reject) => {
    port.on('message', (words: Int32Array) => {
      try {
        count.check(words, 0);
      } catch (error) {
        reject(error);
      }
      if (count.seen === records) resolve();
    });
  });
  const perSecond = count.perSecond();
  if (transfer) (port as MessagePort).close();
  return perSecond;
}

/** Measures the median of a round trip as messages, in nanoseconds. */
export async function messageRoundTrip(
  series: PoolSeries,
  peer: Worker,
  transfer: boolean,
  records: number,
): Promise<number> {
  const port = portOf(peer, transfer) as MessagePort;
  const times: number[] = [];
  for (let sequence = 0; sequence < records; sequence++) {
    const words = new Int32Array(series.recordBytes / Int32Array.BYTES_PER_ELEMENT).fill(sequence);
    const begin = process.hrtime.bigint();
    port.postMessage(words, transfer ? [words.buffer] : []);
    const [answer] = (await once(port, 'message')) as [Int32Array];
    times.push(Number(process.hrtime.bigint() - begin));
    if (answer[0] !== sequence) throw new Error(`the answer to ${sequence} is ${answer[0]}`);
  }
  return quantile(
    times.slice(records >> 2).toSorted((a, b) => a - b),
    0.5,
  );
}

/** Measures borrowing plus giving back on the thread of the owner, in nanoseconds. */
export function ownerLease(records: number): number {
  const owner = Slab.create([{ blockBytes: 64, blocks: LEASES_AT_A_TIME }]).owner({ debug: false });
  let begin = 0n;
  for (let i = 0; i < records; i++) {
    if (i === records >> 2) begin = process.hrtime.bigint();
    const handle = owner.tryAcquire(64);
    if (handle === NO_BLOCK || !owner.release(handle)) throw new Error('a block is missing');
  }
  return (secondsSince(begin) * 1e9) / (records - (records >> 2));
}

/** The memory of `guestLease`: the slab, the state and the handles. */
export function guestLeaseMemory(): {
  readonly slab: Slab;
  readonly shared: [Slab['region'], SharedArrayBuffer];
} {
  const slab = Slab.create([{ blockBytes: 64, blocks: LEASES_AT_A_TIME }]);
  return { slab, shared: [slab.region, new SharedArrayBuffer(8 + 4 * LEASES_AT_A_TIME)] };
}

/**
 * Measures giving back on another thread plus borrowing again on the thread of the owner, in
 * nanoseconds, without the waits.
 */
export async function guestLease(
  slab: Slab,
  list: SharedArrayBuffer,
  peer: Worker,
  records: number,
): Promise<number> {
  const owner = slab.owner({ debug: false });
  const [handles, state] = [new Int32Array(list, 8), new Int32Array(list, 0, 2)];
  const given = once(peer, 'message') as Promise<[number]>;
  peer.postMessage(null);
  let ns = 0;
  for (let done = 0; done < records; done += handles.length) {
    const begin = process.hrtime.bigint();
    for (let i = 0; i < handles.length; i++) handles[i] = owner.tryAcquire(64);
    ns += Number(process.hrtime.bigint() - begin);
    if (handles.includes(NO_BLOCK)) throw new Error('a block did not come home');
    Atomics.store(state, 0, 1);
    while (Atomics.load(state, 0) !== 0);
  }
  const [giveBackNs] = await given;
  return ns / records + giveBackNs;
}

// The second thread of a pass of the pool benchmark.
import { NO_BLOCK, Slab } from '@hioload/pool';
import { TasksetAffinity } from '@hioload/reactor';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { CHANNELS } from './arms/channels.js';
import type { Channel, ChannelPlan } from './channel.js';
import type { PeerPlan } from './pass-plan.js';
import { markRecord, SHORT_BYTES, writeRecord } from './bench-record.js';
import { POOL_SERIES, recordsOf } from './series.js';

/**
 * Runs the second thread of a pass. It writes, echoes, or gives back the blocks that the first
 * thread borrows.
 */
const plan = workerData as PeerPlan;
const series = POOL_SERIES.find(({ name }) => name === plan.series)!;
const records = recordsOf(plan.arm, series);
const channel = CHANNELS[plan.arm];
const affinity = new TasksetAffinity();
affinity.pin(affinity.currentThreadId(), [plan.cpus[1]]);

function write({ writer }: Channel): void {
  const out = writer({ ...series, shared: plan.shared });
  for (let sequence = 0; sequence < records; sequence++) out.send(sequence);
  out.flush();
}

function echo({ writer, reader }: Channel): void {
  const [there, back] = plan.shared as [unknown, unknown];
  const incoming = reader({ ...series, shared: there });
  const outgoing = writer({ ...series, shared: back } satisfies ChannelPlan);
  for (let seen = 0; seen < records;) {
    seen += incoming.poll((words, at) => {
      outgoing.send(words[at]!);
      outgoing.flush();
    });
  }
}

/** Sends each record as a message. Over a port the memory moves with the message. */
function post(port: MessagePort, transfer: boolean): void {
  for (let sequence = 0; sequence < records; sequence++) {
    const words = new Int32Array(series.recordBytes / Int32Array.BYTES_PER_ELEMENT);
    if (words.byteLength > SHORT_BYTES) markRecord(words, 0, words.length, sequence);
    else writeRecord(words, 0, sequence);
    port.postMessage(words, transfer ? [words.buffer] : []);
  }
}

function echoMessages(port: MessagePort, transfer: boolean): void {
  let seen = 0;
  port.on('message', (words: Int32Array<ArrayBuffer>) => {
    port.postMessage(words, transfer ? [words.buffer] : []);
    if (++seen === records) port.close();
  });
}

/** Gives back the blocks whose handles stand in a list, and measures its own time. */
function giveBack(): void {
  const [slab, list] = plan.shared as [Slab['region'], SharedArrayBuffer];
  const guest = Slab.attach(slab).guest({ debug: false });
  const [handles, state] = [new Int32Array(list, 8), new Int32Array(list, 0, 2)];
  let ns = 0;
  for (let done = 0; done < records; done += handles.length) {
    while (Atomics.load(state, 0) !== 1);
    const begin = process.hrtime.bigint();
    for (let i = 0; i < handles.length; i++) guest.release(handles[i]!);
    ns += Number(process.hrtime.bigint() - begin);
    Atomics.store(state, 0, handles[0] === NO_BLOCK ? 2 : 0);
  }
  parentPort?.postMessage(ns / records);
}

parentPort?.once('message', (port: MessagePort | null) => {
  if (series.kind === 'lease') giveBack();
  else if (channel !== undefined) (series.kind === 'throughput' ? write : echo)(channel);
  else
    (series.kind === 'throughput' ? post : echoMessages)(
      port ?? parentPort!,
      plan.arm === 'MessagePort',
    );
});
parentPort?.postMessage('ready');

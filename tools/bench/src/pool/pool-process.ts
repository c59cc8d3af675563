// The process of one pass of the pool benchmark.
import { TasksetAffinity } from '@hioload/reactor';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { endWithParent, tellParent } from '../core/child-side.js';
import { CHANNELS } from './arms/channels.js';
import {
  channelRoundTrip,
  channelThroughput,
  guestLease,
  guestLeaseMemory,
  messageRoundTrip,
  messageThroughput,
  ownerLease,
} from './measure.js';
import type { PassPlan, PassReport, PeerPlan } from './pass-plan.js';
import { POOL_SERIES, recordsOf } from './series.js';

/** Runs one pass. The first thread of this process reads and measures, the second thread writes. */
endWithParent();
const plan = JSON.parse(process.argv[2]!) as PassPlan;
const series = POOL_SERIES.find(({ name }) => name === plan.series)!;
const records = recordsOf(plan.arm, series);

async function startPeer(shared: unknown): Promise<Worker> {
  const workerData: PeerPlan = { ...plan, shared };
  const peer = new Worker(new URL('second-thread.js', import.meta.url), { workerData });
  await once(peer, 'message');
  return peer;
}

async function measure(): Promise<number> {
  if (plan.arm === 'owner') return ownerLease(records);
  if (plan.arm === 'guest') {
    const { slab, shared } = guestLeaseMemory();
    return guestLease(slab, shared[1], await startPeer(shared), records);
  }
  const channel = CHANNELS[plan.arm];
  if (channel === undefined) {
    const run = series.kind === 'throughput' ? messageThroughput : messageRoundTrip;
    return run(series, await startPeer(null), plan.arm === 'MessagePort', records);
  }
  if (series.kind === 'throughput') {
    const shared = channel.create(series.recordBytes);
    return channelThroughput(channel, series, shared, await startPeer(shared), records);
  }
  const shared: [unknown, unknown] = [
    channel.create(series.recordBytes),
    channel.create(series.recordBytes),
  ];
  return channelRoundTrip(channel, series, shared, await startPeer(shared), records);
}

const affinity = new TasksetAffinity();
affinity.pin(affinity.currentThreadId(), [plan.cpus[0]]);
try {
  const value = await measure();
  tellParent({ value } satisfies PassReport);
} catch (error) {
  tellParent({ error: (error as Error).message } satisfies PassReport);
}

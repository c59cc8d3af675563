// The process that measures one codec in all workloads.
import { endWithParent, tellParent } from '../core/child-side.js';
import { summarise } from '../core/statistics.js';
import type { Arm } from './arms.js';
import { loadCodec } from './load-codec.js';
import { type Workload, type WorkloadName, WORKLOADS } from './workload.js';
import { workloadsOf } from './workloads.js';

/** Nanoseconds per message for one arm: the median over the turns of a pass. */
export type CodecReport = Readonly<Record<WorkloadName, number>>;

async function main(arm: Arm, milliseconds: number): Promise<void> {
  endWithParent();
  const workloads = workloadsOf(await loadCodec(arm));
  const nanoseconds: Partial<Record<WorkloadName, number>> = {};
  for (const name of Object.keys(WORKLOADS) as WorkloadName[]) {
    nanoseconds[name] = await timePerMessage(workloads[name](), milliseconds);
  }
  tellParent(nanoseconds);
}

/** Warms up for half the time, then measures for the whole time. */
async function timePerMessage(workload: Workload, milliseconds: number): Promise<number> {
  await runFor(workload, milliseconds / 2, () => {});
  const times: number[] = [];
  await runFor(workload, milliseconds, (nanoseconds) => times.push(nanoseconds));
  workload.verify();
  return (summarise(times)?.median ?? NaN) / workload.messagesPerTurn;
}

async function runFor(
  workload: Workload,
  milliseconds: number,
  note: (nanoseconds: number) => void,
): Promise<void> {
  const until = performance.now() + milliseconds;
  do {
    workload.prepare?.();
    const startedAt = process.hrtime.bigint();
    const pending = workload.turn();
    if (pending !== undefined) await pending;
    note(Number(process.hrtime.bigint() - startedAt));
  } while (performance.now() < until);
}

const [arm, milliseconds] = process.argv.slice(2);
await main(arm as Arm, Number(milliseconds));

import { endWithParent, tellParent } from '../core/child-side.js';
import { summarise } from '../core/statistics.js';
import type { Arm } from './arms.js';
import { OUR_WORKLOADS, ourConnection } from './our-workloads.js';
import { type Workload, type WorkloadName, WORKLOADS, type Workloads } from './workload.js';
import { type WsCodec, wsConnection, wsWorkloads } from './ws-workloads.js';

/** What a pass of one arm found. */
export interface CodecReport {
  /** Nanoseconds a message, the median over the turns of the pass. */
  readonly nanoseconds: Readonly<Record<WorkloadName, number>>;
  /** Memory a connection takes that compresses, in bytes: with context takeover and without. */
  readonly takeoverBytes: number;
  readonly noTakeoverBytes: number;
}

const CONNECTIONS = 200;

async function main(arm: Arm, milliseconds: number): Promise<void> {
  endWithParent();
  const isOurs = arm.startsWith('hioload');
  // Read by ws when it is loaded, and in vain where bufferutil is not installed.
  if (arm === 'ws') process.env['WS_NO_BUFFER_UTIL'] = '1';
  const ws = (await import('ws')) as unknown as WsCodec;
  const workloads: Workloads = isOurs ? OUR_WORKLOADS : wsWorkloads(ws);
  const nanoseconds: Partial<Record<WorkloadName, number>> = {};
  for (const name of Object.keys(WORKLOADS) as WorkloadName[]) {
    nanoseconds[name] = await timePerMessage(workloads[name](), milliseconds);
  }
  const connect = (takeover: boolean) => (isOurs ? ourConnection(takeover) : wsConnection(ws, takeover));
  const noTakeoverBytes = await bytesPerConnection(connect(false));
  const takeoverBytes = await bytesPerConnection(connect(true));
  tellParent({ nanoseconds, takeoverBytes, noTakeoverBytes });
}

/** Half the time to get warm, all of it to measure. */
async function timePerMessage(workload: Workload, milliseconds: number): Promise<number> {
  await runFor(workload, milliseconds / 2, () => {});
  const times: number[] = [];
  await runFor(workload, milliseconds, (nanoseconds) => times.push(nanoseconds));
  workload.verify();
  return (summarise(times)?.median ?? NaN) / workload.messagesPerTurn;
}

async function runFor(workload: Workload, milliseconds: number, note: (nanoseconds: number) => void): Promise<void> {
  const until = performance.now() + milliseconds;
  do {
    workload.prepare?.();
    const startedAt = process.hrtime.bigint();
    const pending = workload.turn();
    if (pending !== undefined) await pending;
    note(Number(process.hrtime.bigint() - startedAt));
  } while (performance.now() < until);
}

async function bytesPerConnection(connect: () => object | Promise<object>): Promise<number> {
  const kept = [await connect()];
  const before = process.memoryUsage.rss();
  for (let i = 0; i < CONNECTIONS; i++) kept.push(await connect());
  const taken = process.memoryUsage.rss() - before;
  // Alive until here.
  return kept.length > CONNECTIONS ? taken / CONNECTIONS : NaN;
}

const [arm, milliseconds] = process.argv.slice(2);
await main(arm as Arm, Number(milliseconds));

// The load process: loads a server on the command of its parent.
import { endWithParent, tellParent } from '../core/child-side.js';
import { readIdleNs } from '../core/idle-time.js';
import {
  readThreadTimes,
  loadBetween,
  type ProcessLoad,
  type ThreadTime,
} from '../core/thread-time.js';
import { EchoGenerator } from './echo-generator.js';
import { FanOutGenerator } from './fan-out-generator.js';
import type { LoadGenerator } from './load-generator.js';
import type { LoadCommand, LoadPlan, LoadReport } from './load-messages.js';

/**
 * The load runs in a process of its own, so that its CPU time does not count as CPU time of the
 * server.
 */

const CONNECT_DEADLINE_MS = 20_000;
const SETTLE_DEADLINE_MS = 10_000;

interface Moment {
  readonly atMs: number;
  readonly received: number;
  readonly server: Map<number, ThreadTime>;
  readonly own: Map<number, ThreadTime>;
  readonly idleNs: number;
}

type Go = LoadCommand & { readonly kind: 'go' };

function moment(generator: LoadGenerator, { serverPids, cpus }: Go): Moment {
  return {
    atMs: performance.now(),
    received: generator.received,
    server: readThreadTimes(serverPids),
    own: readThreadTimes([process.pid]),
    idleNs: readIdleNs(cpus),
  };
}

async function runPass(command: Go, generator: LoadGenerator): Promise<LoadReport> {
  generator.start();
  await generator.run(command.warmupMs);
  const before = moment(generator, command);
  await generator.run(command.measureMs);
  const after = moment(generator, command);
  await generator.settle(SETTLE_DEADLINE_MS);
  const wallNs = (after.atMs - before.atMs) * 1e6;
  const load = (key: 'server' | 'own'): ProcessLoad => loadBetween(before[key], after[key], wallNs);
  return {
    kind: 'result',
    seconds: wallNs / 1e9,
    messages: after.received - before.received,
    server: load('server'),
    generator: load('own'),
    idleNs: after.idleNs - before.idleNs,
  };
}

function openGenerator(plan: LoadPlan): LoadGenerator {
  const generator = plan.kind === 'echo' ? new EchoGenerator(plan) : new FanOutGenerator(plan);
  generator.connect(CONNECT_DEADLINE_MS).then(() => tell({ kind: 'connected' }), tellFault);
  return generator;
}

function tell(report: LoadReport): void {
  tellParent(report);
}

function tellFault(error: Error): void {
  tell({ kind: 'fault', message: error.message });
}

let generator: LoadGenerator | undefined;

endWithParent(() => generator?.close());
process.on('message', (command: LoadCommand) => {
  if (command.kind === 'connect') generator = openGenerator(command.plan);
  else if (generator !== undefined) runPass(command, generator).then(tell, tellFault);
});

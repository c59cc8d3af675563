// The process that holds idle connections.
import { endWithParent, tellParent } from '../core/child-side.js';
import { loadBetween, readThreadTimes } from '../core/thread-time.js';
import { IdleCrowd } from '../load/idle-crowd.js';
import type { HoldCommand, HoldReport } from './hold-messages.js';

/** Holds idle connections on the command of its parent. */

const GROW_DEADLINE_MS = 60_000;

let crowd: IdleCrowd | undefined;

async function grow({ target, count }: HoldCommand & { kind: 'grow' }): Promise<HoldReport> {
  crowd ??= new IdleCrowd(target);
  await crowd.grow(count, GROW_DEADLINE_MS);
  return { kind: 'grown' };
}

async function stay({
  serverPids,
  durationMs,
}: HoldCommand & { kind: 'stay' }): Promise<HoldReport> {
  const pingsBefore = crowd?.pings ?? 0;
  const before = { atMs: performance.now(), times: readThreadTimes(serverPids) };
  await crowd?.stay(durationMs);
  const wallNs = (performance.now() - before.atMs) * 1e6;
  const { cpuNs } = loadBetween(before.times, readThreadTimes(serverPids), wallNs);
  return { kind: 'stayed', serverCores: cpuNs / wallNs, pings: (crowd?.pings ?? 0) - pingsBefore };
}

endWithParent(() => crowd?.close());
process.on('message', (command: HoldCommand) => {
  (command.kind === 'grow' ? grow(command) : stay(command)).then(tellParent, (error: Error) =>
    tellParent({ kind: 'fault', message: error.message } satisfies HoldReport),
  );
});

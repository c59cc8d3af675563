// Measures the CPU time of a server that has nothing to do.
import { setTimeout } from 'node:timers/promises';
import { percent, range } from '../core/format.js';
import type { Output } from '../core/run-output.js';
import { type Summary, summarise } from '../core/statistics.js';
import { loadBetween, readThreadTimes } from '../core/thread-time.js';
import { prepareArms } from '../servers/prepare-arms.js';
import { onUws } from '../servers/server-kind.js';
import { withServer } from '../servers/with-server.js';
import type { BusSettings } from './settings.js';

/** The number of reactors of the watched server. */
const REACTORS = 4;
/** The goal: most CPU time of the idle server, in cores. */
const GOAL = 0.005;
/** The time is divided into this many parts, for the spread. */
const WINDOWS = 4;

/** The CPU time of a server without connections and without messages. */
export interface IdleServerResult {
  readonly reactors: number;
  /** CPU time of the server's process, in cores. */
  readonly cores: Summary;
}

/** Measures the CPU time of a server in which nothing happens. */
export async function runIdleServer(
  { cpus, idleSeconds, idleSettleSeconds }: BusSettings,
  output: Output,
): Promise<IdleServerResult> {
  const kinds = { hioload: onUws('bus/servers/crowded-server', String(REACTORS)) };
  const plan = { names: ['hioload'], kinds, needed: ['hioload'] } as const;
  const command = (await prepareArms(plan, output)).get('hioload')!;
  output.progress(
    `an idle server with ${REACTORS} reactors, ${idleSettleSeconds} s after its start, for ` +
      `${idleSeconds} s`,
  );
  const shares = await withServer('hioload', cpus, command, async ({ pids }) => {
    await setTimeout(idleSettleSeconds * 1000);
    const measured: number[] = [];
    for (let window = 0; window < WINDOWS; window += 1) {
      const before = { atMs: performance.now(), times: readThreadTimes(pids) };
      await setTimeout((idleSeconds * 1000) / WINDOWS);
      const wallNs = (performance.now() - before.atMs) * 1e6;
      measured.push(loadBetween(before.times, readThreadTimes(pids), wallNs).cpuNs / wallNs);
    }
    return measured;
  });
  const cores = summarise(shares)!;
  const share = (value: number): string => percent(value, 2);
  const measured =
    `${share(cores.median)} of a core, ${range(cores, share)} in ${WINDOWS} parts of ` +
    `${idleSeconds} s`;
  output.result(`\nidle server with ${REACTORS} reactors: ${measured}; goal ${percent(GOAL, 1)}`);
  return { reactors: REACTORS, cores };
}

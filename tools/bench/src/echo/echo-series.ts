import { byRound, type Pass } from '../core/rounds.js';
import { pairedRatios, type Summary, summarise } from '../core/statistics.js';
import type { EchoNumbers } from './echo-pass.js';

/** The arm that ratios refer to, and the one that serves the same a second time: how far they differ is the noise. */
export const BASELINE_ARM = 'uws';
export const NOISE_ARM = 'uws again';

/** What the passes of one arm come to; summaries are `null` where no pass counts. */
export interface ArmResult {
  readonly arm: string;
  readonly version: string | null;
  readonly validPasses: number;
  readonly voidPasses: number;
  /** Why the last void pass was. */
  readonly voidReason: string | null;
  readonly messagesPerSecond: Summary | null;
  /** Throughput divided by that of the baseline in the same round. */
  readonly ratio: Summary | null;
  readonly serverBusy: Summary | null;
  readonly serverNsPerMessage: Summary | null;
}

/** All passes with one number of messages in flight. */
export interface EchoSeries {
  readonly inFlight: number;
  readonly arms: readonly ArmResult[];
  readonly passes: readonly Pass<EchoNumbers>[];
}

export function evaluateSeries(
  inFlight: number,
  arms: readonly string[],
  passes: readonly Pass<EchoNumbers>[],
): EchoSeries {
  const baseline = byRound(passes, BASELINE_ARM, ({ messagesPerSecond }) => messagesPerSecond);
  return { inFlight, arms: arms.map((arm) => evaluateArm(arm, passes, baseline)), passes };
}

/** Whether every one of `arms` has a number, and a ratio, in every series. */
export function isComplete(series: readonly EchoSeries[], arms: readonly string[]): boolean {
  return series.every((one) =>
    arms.every((arm) => one.arms.find((result) => result.arm === arm)?.ratio?.count !== undefined),
  );
}

function evaluateArm(
  arm: string,
  passes: readonly Pass<EchoNumbers>[],
  baseline: ReadonlyMap<number, number>,
): ArmResult {
  const own = passes.filter((pass) => pass.arm === arm);
  const voids = own.filter(({ voidReason }) => voidReason !== null);
  const values = (pick: (numbers: EchoNumbers) => number): Map<number, number> => byRound(passes, arm, pick);
  const rates = values(({ messagesPerSecond }) => messagesPerSecond);
  return {
    arm,
    version: own[0]?.numbers.version ?? null,
    validPasses: rates.size,
    voidPasses: voids.length,
    voidReason: voids.at(-1)?.voidReason ?? null,
    messagesPerSecond: summarise([...rates.values()]),
    ratio: summarise(pairedRatios(rates, baseline)),
    serverBusy: summarise([...values(({ serverBusy }) => serverBusy).values()]),
    serverNsPerMessage: summarise([...values(({ serverNsPerMessage }) => serverNsPerMessage).values()]),
  };
}

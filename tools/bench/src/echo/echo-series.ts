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
  /** CPU time for a message divided by that of the baseline in the same round: tells also where the load set the pace. */
  readonly costRatio: Summary | null;
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
  return { inFlight, arms: arms.map((arm) => evaluateArm(arm, passes)), passes };
}

/** Whether every one of `arms` has a number, and a ratio, in every series. */
export function isComplete(series: readonly EchoSeries[], arms: readonly string[]): boolean {
  return series.every((one) =>
    arms.every((arm) => one.arms.find((result) => result.arm === arm)?.ratio?.count !== undefined),
  );
}

const speed = ({ messagesPerSecond }: EchoNumbers): number => messagesPerSecond;
const cost = ({ serverNsPerMessage }: EchoNumbers): number => serverNsPerMessage;
const busy = ({ serverBusy }: EchoNumbers): number => serverBusy;

function evaluateArm(arm: string, passes: readonly Pass<EchoNumbers>[]): ArmResult {
  const own = passes.filter((pass) => pass.arm === arm);
  const voids = own.filter(({ voidReason }) => voidReason !== null);
  const sumUp = (pick: (numbers: EchoNumbers) => number): Summary | null =>
    summarise([...byRound(passes, arm, pick).values()]);
  const toBaseline = (pick: (numbers: EchoNumbers) => number): Summary | null =>
    summarise(pairedRatios(byRound(passes, arm, pick), byRound(passes, BASELINE_ARM, pick)));
  return {
    arm,
    version: own[0]?.numbers.version ?? null,
    validPasses: own.length - voids.length,
    voidPasses: voids.length,
    voidReason: voids.at(-1)?.voidReason ?? null,
    messagesPerSecond: sumUp(speed),
    ratio: toBaseline(speed),
    serverBusy: sumUp(busy),
    serverNsPerMessage: sumUp(cost),
    costRatio: toBaseline(cost),
  };
}

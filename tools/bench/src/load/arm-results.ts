// Evaluates the passes of each arm of a series under load.
import { byRound, type Pass } from '../core/rounds.js';
import { pairedRatios, type Summary, summarise } from '../core/statistics.js';
import type { LoadNumbers } from './load-numbers.js';

/**
 * The arm that all ratios refer to, and a second arm with the same server. The difference between
 * the two arms is the noise.
 */
export const BASELINE_ARM = 'uws';
export const NOISE_ARM = 'uws again';

/** The results of one arm over all passes. A summary is `null` if no pass counts. */
export interface LoadArmResult {
  readonly arm: string;
  readonly version: string | null;
  readonly validPasses: number;
  readonly voidPasses: number;
  /** The reason why the last void pass was void; `null` if no pass was void. */
  readonly voidReason: string | null;
  readonly messagesPerSecond: Summary | null;
  /** Throughput divided by that of the baseline in the same round. */
  readonly ratio: Summary | null;
  /** CPU time of the whole server, in cores. */
  readonly serverCores: Summary | null;
  /** CPU time of all load processes, in cores. */
  readonly generatorCores: Summary | null;
  readonly serverNsPerMessage: Summary | null;
  /**
   * CPU time of all load processes for one message, in nanoseconds: the cost of the clients, which
   * does not depend on the server.
   */
  readonly generatorNsPerMessage: Summary | null;
  /**
   * CPU time for a message divided by that of the baseline in the same round. This ratio means
   * something also where the load set the pace.
   */
  readonly costRatio: Summary | null;
}

/** All passes under one load. */
export interface LoadSeries {
  /** The load, in words. */
  readonly title: string;
  readonly arms: readonly LoadArmResult[];
  readonly passes: readonly Pass<LoadNumbers>[];
}

export function evaluateSeries(
  title: string,
  arms: readonly string[],
  passes: readonly Pass<LoadNumbers>[],
): LoadSeries {
  return { title, arms: arms.map((arm) => evaluateArm(arm, passes)), passes };
}

/** Whether each of `arms` has a number and a ratio in every series. */
export function isComplete(series: readonly LoadSeries[], arms: readonly string[]): boolean {
  return series.every((one) =>
    arms.every((arm) => one.arms.find((result) => result.arm === arm)?.ratio?.count !== undefined),
  );
}

/**
 * Throughput of one arm divided by that of another in the same round; `null` if the two arms have
 * no round in common.
 */
export function ratioOf(
  passes: readonly Pass<LoadNumbers>[],
  arm: string,
  to: string,
): Summary | null {
  return ratioBy(passes, arm, to, ({ messagesPerSecond }) => messagesPerSecond);
}

function ratioBy(
  passes: readonly Pass<LoadNumbers>[],
  arm: string,
  to: string,
  pick: (numbers: LoadNumbers) => number,
): Summary | null {
  return summarise(pairedRatios(byRound(passes, arm, pick), byRound(passes, to, pick)));
}

function evaluateArm(arm: string, passes: readonly Pass<LoadNumbers>[]): LoadArmResult {
  const own = passes.filter((pass) => pass.arm === arm);
  const voids = own.filter(({ voidReason }) => voidReason !== null);
  const sumUp = (pick: (numbers: LoadNumbers) => number): Summary | null =>
    summarise([...byRound(passes, arm, pick).values()]);
  return {
    arm,
    version: own[0]?.numbers.version ?? null,
    validPasses: own.length - voids.length,
    voidPasses: voids.length,
    voidReason: voids.at(-1)?.voidReason ?? null,
    messagesPerSecond: sumUp(({ messagesPerSecond }) => messagesPerSecond),
    ratio: ratioOf(passes, arm, BASELINE_ARM),
    serverCores: sumUp(({ serverCores }) => serverCores),
    generatorCores: sumUp(({ generatorCores }) => generatorCores),
    serverNsPerMessage: sumUp(({ serverNsPerMessage }) => serverNsPerMessage),
    generatorNsPerMessage: sumUp(
      ({ generatorCores, messagesPerSecond }) => (generatorCores * 1e9) / messagesPerSecond,
    ),
    costRatio: ratioBy(passes, arm, BASELINE_ARM, ({ serverNsPerMessage }) => serverNsPerMessage),
  };
}

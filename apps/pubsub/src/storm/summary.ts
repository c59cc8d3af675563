// Sums up a storm as JSON, and as one line while it runs.
import type { Counters } from '../figures/counters.js';
import type { StormOptions } from './storm-options.js';
import { isExplained } from './reconcile.js';
import type { Refusals } from './refusals.js';
import type { Latency, Score } from './score.js';
import type { StormConnection } from './storm-connection.js';
import type { StormTopic } from './storm-topics.js';

/** The result of a storm. */
export interface StormSummary {
  /**
   * Whether every due copy arrived or was counted as lost by the server, and no other copy arrived.
   */
  readonly ok: boolean;
  readonly options: StormOptions;
  readonly reactors: number;
  readonly connections: number;
  readonly topics: {
    readonly subscribed: number;
    /** Topics in which nobody said anything. */
    readonly silent: number;
    readonly hottest:
      { readonly topic: string; readonly members: number; readonly said: number } | undefined;
  };
  readonly said: { readonly taken: number; readonly refused: number; readonly unanswered: number };
  readonly copies: {
    /** Copies that are due, of accepted messages. */
    readonly expected: number;
    readonly delivered: number;
    readonly missing: number;
    /** Copies that arrived twice, or whose message nobody said. */
    readonly unexpected: number;
  };
  /** The losses as the server counted them. */
  readonly lost: { readonly onLanes: number; readonly inQueues: number };
  /** The refusals by tenant and reason. */
  readonly refusals: Refusals;
  /** Time from saying to arrival, both in this process, in milliseconds. */
  readonly latencyMs: Latency;
  /** Whether no reactor was replaced, and no connection lost. */
  readonly isUnbroken: boolean;
}

/** The parts that a summary needs. */
export interface SummaryParts {
  readonly options: StormOptions;
  readonly reactors: number;
  readonly connections: readonly StormConnection[];
  readonly topics: readonly StormTopic[];
  readonly score: Score;
  readonly refusals: Refusals;
  readonly counted: Counters;
  readonly isUnbroken: boolean;
}

export function summarize(parts: SummaryParts): StormSummary {
  const { options, reactors, connections, topics, score, refusals, counted, isUnbroken } = parts;
  const { unseen, partly, unanswered } = score.missing();
  const { lostOnLanes, lostInQueues } = counted;
  const [hottest] = topics.toSorted((a, b) => b.said - a.said);
  const isAccounted = unanswered === 0 && score.unexpected === 0 && score.taken > 0;
  return {
    ok: isUnbroken && isAccounted && isExplained({ unseen, partly, lostOnLanes, lostInQueues }),
    options,
    reactors,
    connections: connections.length,
    topics: {
      subscribed: topics.length,
      silent: topics.filter(({ said }) => said === 0).length,
      hottest: hottest && {
        topic: `${hottest.tenant}/${hottest.room}`,
        members: hottest.members.length,
        said: hottest.said,
      },
    },
    said: { taken: score.taken, refused: score.refused, unanswered },
    copies: {
      expected: score.expected,
      delivered: score.delivered,
      missing: score.expected - score.delivered,
      unexpected: score.unexpected,
    },
    lost: { onLanes: lostOnLanes, inQueues: lostInQueues },
    refusals,
    latencyMs: score.latency(),
    isUnbroken,
  };
}

/** Figures of one second. */
export function liveLine(
  second: number,
  past: { readonly said: number; readonly delivered: number },
  latency: Latency,
  { lostOnLanes, lostInQueues }: Counters,
  refusals: Refusals,
): string {
  const parts = [
    `${second} s`.padStart(6),
    `said ${past.said}/s`,
    `delivered ${past.delivered}/s`,
    `p50 ${latency.p50} ms`,
    `p99 ${latency.p99} ms`,
    `lost: lanes ${lostOnLanes}, queues ${lostInQueues}`,
  ];
  const refused = refusals.toString();
  return [...parts, ...(refused === '' ? [] : [`refused: ${refused}`])].join('  ');
}

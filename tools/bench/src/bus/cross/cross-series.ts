// The series of `bench bus` between two reactors, each with its goal.
import type { CrossPlan } from './cross-messages.js';

/** One measurement between two reactors. */
export interface CrossSeries {
  readonly name: string;
  readonly about: string;
  readonly unit: 'messages/s' | 'us';
  readonly kind: CrossPlan['kind'];
  readonly loop: CrossPlan['loop'];
  /** The goal of the bus, in `unit`. */
  readonly goal: number;
}

export const CROSS_SERIES: readonly CrossSeries[] = [
  {
    name: 'park throughput',
    about: 'published on one reactor, heard on the other, asleep when idle',
    unit: 'messages/s',
    kind: 'throughput',
    loop: 'park',
    goal: 5e6,
  },
  {
    name: 'spin throughput',
    about: 'published on one reactor, heard on the other, both spinning',
    unit: 'messages/s',
    kind: 'throughput',
    loop: 'spin',
    goal: 5e6,
  },
  {
    name: 'spin latency',
    about: 'from publish to listener, both spinning',
    unit: 'us',
    kind: 'latency',
    loop: 'spin',
    goal: 5,
  },
  {
    name: 'park latency',
    about: 'from publish to listener, both asleep before',
    unit: 'us',
    kind: 'latency',
    loop: 'park',
    goal: 120,
  },
];

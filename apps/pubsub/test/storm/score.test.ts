// Tests of the score of a storm.
import { describe, expect, it } from 'vitest';
import { isExplained } from '../../src/storm/reconcile.js';
import { Score } from '../../src/storm/score.js';
import type { StormConnection } from '../../src/storm/storm-connection.js';
import type { StormTopic } from '../../src/storm/storm-topics.js';

describe('isExplained', () => {
  const nothing = { unseen: [], partly: 0, lostOnLanes: 0, lostInQueues: 0 };

  it.each([
    ['nothing is missing', nothing],
    ['a message was lost for a whole reactor', { ...nothing, unseen: [7], lostOnLanes: 1 }],
    ['copies were lost in queues', { ...nothing, partly: 3, lostInQueues: 3 }],
    [
      'the only copies on a reactor were lost in queues',
      { ...nothing, unseen: [1, 2], lostInQueues: 3 },
    ],
    ['some of both', { unseen: [5, 1, 2], partly: 3, lostOnLanes: 2, lostInQueues: 5 }],
  ])('agrees if %s', (_, account) => {
    expect(isExplained(account)).toBe(true);
  });

  it.each([
    ['a message is missing on a reactor', { ...nothing, unseen: [7] }],
    ['a copy is missing', { ...nothing, partly: 1 }],
    ['one more copy is missing than was lost', { ...nothing, partly: 4, lostInQueues: 3 }],
    ['more was lost on lanes than is missing', { ...nothing, lostOnLanes: 1 }],
    ['more was lost in queues than is missing', { ...nothing, partly: 3, lostInQueues: 4 }],
    ['a lane lost one message and two are missing', { ...nothing, unseen: [4, 4], lostOnLanes: 1 }],
    [
      'no choice of the unseen fits',
      { unseen: [5, 1, 2], partly: 0, lostOnLanes: 2, lostInQueues: 6 },
    ],
  ])('disagrees if %s', (_, account) => {
    expect(isExplained(account)).toBe(false);
  });
});

describe('Score', () => {
  /** Two members on reactor 0, one on reactor 1. */
  const topic = (): StormTopic => ({
    tenant: 'storm-1',
    room: 'topic-1',
    members: Array.from({ length: 3 }, () => ({}) as StormConnection),
    membersOn: [2, 1],
    said: 0,
  });

  it('follows a message until all its copies have arrived', () => {
    const score = new Score(2);
    const where = topic();
    score.say(1, where);
    expect([score.taken, score.underway]).toEqual([0, 1]);
    for (const reactor of [1, 0, 0]) score.arrive(1, reactor);
    expect([score.taken, score.expected, score.delivered, score.underway]).toEqual([1, 3, 3, 0]);
    expect(score.missing()).toEqual({ unseen: [], partly: 0, unanswered: 0 });
    expect(where.said).toBe(1);
    expect(score.latency().max).toBeGreaterThan(0);
  });

  it('knows which copies are missing, and where', () => {
    const score = new Score(2);
    for (const id of [1, 2, 3]) score.say(id, topic());
    score.arrive(1, 0);
    score.arrive(2, 1);
    expect(score.missing()).toEqual({ unseen: [1, 2], partly: 1, unanswered: 1 });
    score.refuse(3);
    expect([score.missing().unanswered, score.refused, score.expected]).toEqual([0, 1, 6]);
  });

  it('notices a copy that arrives twice, and a copy that was never sent', () => {
    const score = new Score(2);
    score.say(1, topic());
    score.arrive(1, 1);
    score.arrive(1, 1);
    score.arrive(2, 0);
    score.arrive(1, 0);
    score.arrive(1, 0);
    score.arrive(1, 0);
    expect([score.delivered, score.unexpected]).toEqual([3, 3]);
  });
});

// Keeps the score of a storm: which copies are due, and which have arrived.
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Unseen } from './reconcile.js';
import { type StormTopic, zeros } from './storm-topics.js';

interface Underway {
  readonly topic: StormTopic;
  readonly saidAtMs: number;
  /** Copies that arrived, by reactor of the member. */
  readonly arrivedOn: number[];
  /** Copies that have not arrived. */
  left: number;
  isTaken: boolean;
}

const NS_PER_MS = 1_000_000;

/** Latencies in milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Follows each message from the moment when it is said until all of its copies have arrived. */
export class Score {
  /** Messages that the server accepted. */
  taken = 0;
  /** Messages that the server refused. */
  refused = 0;
  /** Copies that are due, of accepted messages. */
  expected = 0;
  /** Copies that have arrived. */
  delivered = 0;
  /** Copies that were not due: they arrived twice, or nobody said the message. */
  unexpected = 0;
  readonly #reactors: number;
  readonly #underway = new Map<number, Underway>();
  readonly #whole = createHistogram();
  #second = createHistogram();

  constructor(reactors: number) {
    this.#reactors = reactors;
  }

  /** Messages that are neither refused nor completely delivered. */
  get underway(): number {
    return this.#underway.size;
  }

  /** Notes that a message is being said. */
  say(id: number, topic: StormTopic): void {
    const arrivedOn = zeros(this.#reactors);
    this.#underway.set(id, {
      topic,
      saidAtMs: performance.now(),
      arrivedOn,
      left: topic.members.length,
      isTaken: false,
    });
  }

  /** Notes that the server has refused the message. */
  refuse(id: number): void {
    if (this.#underway.delete(id)) this.refused++;
  }

  /** Notes that a copy has arrived at a member on a reactor. */
  arrive(id: number, reactor: number): void {
    const message = this.#underway.get(id);
    if (message === undefined || message.arrivedOn[reactor]! >= message.topic.membersOn[reactor]!) {
      this.unexpected++;
      return;
    }
    message.arrivedOn[reactor]!++;
    message.left--;
    this.delivered++;
    if (!message.isTaken) this.#take(message);
    const ns = Math.max(1, Math.round((performance.now() - message.saidAtMs) * NS_PER_MS));
    this.#whole.record(ns);
    this.#second.record(ns);
    if (message.left === 0) this.#underway.delete(id);
  }

  /**
   * The missing copies of accepted messages, and the number of messages that were neither accepted
   * nor refused.
   */
  missing(): { readonly unseen: Unseen[]; readonly partly: number; readonly unanswered: number } {
    const unseen: Unseen[] = [];
    let partly = 0;
    let unanswered = 0;
    for (const { topic, arrivedOn, isTaken } of this.#underway.values()) {
      if (!isTaken) unanswered++;
      for (const [reactor, due] of isTaken ? topic.membersOn.entries() : []) {
        const arrived = arrivedOn[reactor]!;
        if (arrived === 0 && due > 0) unseen.push(due);
        else partly += due - arrived;
      }
    }
    return { unseen, partly, unanswered };
  }

  /** The latencies since the last call. */
  secondPast(): Latency {
    const latency = latencyOf(this.#second);
    this.#second = createHistogram();
    return latency;
  }

  /** The latencies of all copies. */
  latency(): Latency {
    return latencyOf(this.#whole);
  }

  #take(message: Underway): void {
    message.isTaken = true;
    message.topic.said++;
    this.taken++;
    this.expected += message.topic.members.length;
  }
}

function latencyOf(histogram: RecordableHistogram): Latency {
  if (histogram.count === 0) return { p50: 0, p99: 0, max: 0 };
  const ms = (ns: number): number => Math.round(ns / 1_000) / 1_000;
  return {
    p50: ms(histogram.percentile(50)),
    p99: ms(histogram.percentile(99)),
    max: ms(histogram.max),
  };
}

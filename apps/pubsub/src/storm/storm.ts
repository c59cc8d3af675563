// Runs a storm: opens the connections, says messages at the given rate, waits for the copies.
import { setTimeout as delay } from 'node:timers/promises';
import type { Said } from '../protocol/replies.js';
import { FiguresWatch } from './figures-watch.js';
import type { StormOptions } from './storm-options.js';
import { planConnections, tenantName } from './storm-plan.js';
import { type Random, seededRandom } from './random.js';
import { isExplained } from './reconcile.js';
import { Refusals } from './refusals.js';
import { Score } from './score.js';
import { StormConnection } from './storm-connection.js';
import { liveLine, type StormSummary, summarize } from './summary.js';
import { type StormTopic, topicsOf } from './storm-topics.js';
import { Zipf } from './zipf.js';

/** Most connections that are opened at a time. */
const OPENING_AT_ONCE = 50;
/** Time between two rounds of saying messages, in milliseconds. */
const SAY_MS = 5;
/**
 * A storm that is more than this time behind, in milliseconds, does not catch up. It says less
 * then, and the figures show it.
 */
const MAX_BEHIND_MS = 250;
/** A connection with more waiting bytes than this says nothing for now. */
const MAX_BUFFERED_BYTES = 65_536;
const FIGURES_PATIENCE_MS = 5_000;
/**
 * Time without an arrival after which the rest counts as missing, and the longest wait in all, in
 * milliseconds.
 */
const SILENCE_MS = 5_000;
const SETTLE_MS = 60_000;
const MS_PER_SECOND = 1_000;

/** One storm: its connections, its topics and its messages. */
export class Storm {
  readonly #options: StormOptions;
  readonly #url: string;
  readonly #print: (line: string) => void;
  readonly #random: Random;
  readonly #refusals = new Refusals();
  readonly #connections: StormConnection[] = [];
  #score = new Score(0);
  #nextId = 1;

  /** @param print gets live figures, one line at a time */
  constructor(options: StormOptions, url: string, print: (line: string) => void) {
    this.#options = options;
    this.#url = url;
    this.#print = print;
    this.#random = seededRandom(options.seed);
  }

  /** Runs the storm from start to end. All of its connections are closed when this settles. */
  async run(): Promise<StormSummary> {
    const watch = await FiguresWatch.open(this.#url, FIGURES_PATIENCE_MS);
    try {
      this.#score = new Score(watch.reactors);
      await this.#open();
      const topics = topicsOf(this.#connections, watch.reactors);
      await this.#rage(topics, watch);
      await this.#settle(watch);
      return summarize({
        options: this.#options,
        connections: this.#connections,
        topics: topics.flat(),
        score: this.#score,
        refusals: this.#refusals,
        counted: this.#counted(watch),
        reactors: watch.reactors,
        isUnbroken: watch.isUnbroken && this.#connections.every(({ isOpen }) => isOpen),
      });
    } finally {
      await Promise.all([
        watch.close(),
        ...this.#connections.map((connection) => connection.close()),
      ]);
    }
  }

  async #open(): Promise<void> {
    const planned = planConnections(this.#options, this.#random);
    const events = {
      onSaid: (to: StormConnection, { text }: Said) =>
        this.#score.arrive(Number.parseInt(text, 10), to.welcome.reactor),
      onRefused: (
        from: StormConnection,
        { code, ref }: { readonly code: string; readonly ref?: number },
      ) => {
        this.#refusals.note(from.tenant, code);
        if (ref !== undefined) this.#score.refuse(ref);
      },
    };
    for (let at = 0; at < planned.length; at += OPENING_AT_ONCE) {
      await Promise.all(
        planned.slice(at, at + OPENING_AT_ONCE).map(async (plan) => {
          const opened = await StormConnection.open(this.#url, plan, events);
          if (!(opened instanceof StormConnection)) {
            this.#refusals.note(plan.tenant, `connection refused with ${opened.status}`);
            return;
          }
          this.#connections.push(opened);
          await opened.join(plan.rooms);
        }),
      );
    }
    this.#print(`${this.#connections.length} of ${planned.length} connections are open`);
  }

  /** Says messages at the given rate, and prints a line each second. */
  async #rage(topics: readonly StormTopic[][], watch: FiguresWatch): Promise<void> {
    const { rate, seconds, skew } = this.#options;
    const pickers = topics.map((own) => ({ own, zipf: new Zipf(own.length, skew, this.#random) }));
    if (pickers.length === 0)
      throw new Error('no connection got into any room: the quotas are too small for a storm');
    const startMs = performance.now();
    let dueUpToMs = startMs;
    let printed = 0;
    let last = { taken: 0, delivered: 0 };
    for (;;) {
      await delay(SAY_MS);
      const nowMs = performance.now();
      dueUpToMs = Math.max(dueUpToMs, nowMs - MAX_BEHIND_MS);
      const due = Math.floor(((nowMs - dueUpToMs) * rate) / MS_PER_SECOND);
      dueUpToMs += (due * MS_PER_SECOND) / rate;
      for (let i = 0; i < due; i++) {
        const { own, zipf } = pickers[Math.floor(this.#random() * pickers.length)]!;
        this.#sayIn(own[zipf.pick()]!);
      }
      if (nowMs < startMs + (printed + 1) * MS_PER_SECOND) continue;
      printed++;
      const { taken, delivered } = this.#score;
      const past = { said: taken - last.taken, delivered: delivered - last.delivered };
      last = { taken, delivered };
      this.#print(
        liveLine(printed, past, this.#score.secondPast(), this.#counted(watch), this.#refusals),
      );
      if (printed >= seconds) return;
    }
  }

  #sayIn(topic: StormTopic): void {
    const speaker = topic.members[Math.floor(this.#random() * topic.members.length)]!;
    if (!speaker.isOpen || speaker.bufferedBytes > MAX_BUFFERED_BYTES) return;
    const id = this.#nextId++;
    this.#score.say(id, topic);
    speaker.say(topic.room, `${id} `.padEnd(this.#options.textLength, '~'), id);
  }

  /** Waits until all copies have arrived, or the missing ones are counted as lost. */
  async #settle(watch: FiguresWatch): Promise<void> {
    const startMs = performance.now();
    let delivered = this.#score.delivered;
    for (
      let heardAtMs = startMs;
      performance.now() < Math.min(startMs + SETTLE_MS, heardAtMs + SILENCE_MS);
    ) {
      await watch.fresh(FIGURES_PATIENCE_MS);
      const { unanswered, ...missing } = this.#score.missing();
      if (unanswered === 0 && isExplained({ ...missing, ...this.#counted(watch) })) return;
      if (this.#score.delivered > delivered) heardAtMs = performance.now();
      delivered = this.#score.delivered;
    }
  }

  #counted(watch: FiguresWatch): ReturnType<FiguresWatch['counted']> {
    return watch.counted(
      new Set(Array.from({ length: this.#options.tenants }, (_, index) => tenantName(index))),
    );
  }
}

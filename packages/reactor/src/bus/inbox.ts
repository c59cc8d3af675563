import { Histogram, Metric, type Metrics } from '@hioload/api';
import type { BusMemory } from './bus-memory.js';
import { InLane, type InLaneParts } from './in-lane.js';

/** Longest that one lane has the reactor at a time, in milliseconds. */
const SLICE_MS = 0.5;
/**
 * Longest that all lanes together have the reactor within one turn of its loop, in milliseconds.
 */
const TURN_MS = 2;

/** What an inbox is read with. */
export interface InboxParts extends InLaneParts {
  readonly memory: BusMemory;
  readonly row: number;
  /** Most records taken from a lane at a time. */
  readonly drainRecords: number;
  /** Milliseconds that never go back. Default: `performance.now`. */
  readonly now?: () => number;
}

/**
 * The lanes to one reactor. Read fairly: one after the other, each for as many records as were
 * handled in a slice of time of late, and no longer than a part of a turn, so that sockets get
 * theirs.
 */
export class Inbox {
  readonly #lanes: readonly InLane[];
  readonly #metrics: Metrics;
  readonly #now: () => number;
  readonly #drainRecords: number;
  /** The lane that is looked at first. */
  #next = 0;
  /** When the clock was read last: it costs as much as a short record. */
  #nowMs = 0;
  /** Records to take at a time: as many as fit into a slice, by what the last ones took. */
  #batch = 1;

  /** Takes the reading end of each lane. Its memory has been opened. @throws HIOLOAD_ROLE_TAKEN */
  constructor(parts: InboxParts) {
    const { memory, row, metrics, drainRecords, now = () => performance.now() } = parts;
    const others = Array.from({ length: memory.rows + 1 }, (_, from) => from).filter(
      (from) => from !== row,
    );
    this.#lanes = others.map(
      (from) => new InLane(from, memory.mesh.lane(from, row).consumer(), parts),
    );
    this.#metrics = metrics;
    this.#now = now;
    this.#drainRecords = drainRecords;
  }

  readonly hasRecords = (): boolean => {
    for (const lane of this.#lanes) if (lane.hasRecords()) return true;
    return false;
  };

  hasRecordsFrom(row: number): boolean {
    return this.#lanes.some((lane) => lane.from === row && lane.hasRecords());
  }

  /**
   * Handles what the lanes hold, but for no longer than a part of a turn. @returns how many records
   * it handled
   */
  drain(): number {
    // An idle look costs no clock.
    if (!this.hasRecords()) return 0;
    this.#nowMs = this.#now();
    const deadlineMs = this.#nowMs + TURN_MS;
    let handled = 0;
    for (;;) {
      const inRound = this.#drainRound(deadlineMs);
      handled += inRound;
      if (inRound === 0) return handled;
    }
  }

  /** Frees all that the lanes hold without handling it. @returns how many records there were */
  discard(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.discard(), 0);
  }

  /**
   * Has a look at each lane, with the same batch for all; the next round begins where the time ran
   * out in this one.
   */
  #drainRound(deadlineMs: number): number {
    const lanes = this.#lanes;
    const batch = this.#batch;
    let handled = 0;
    let most = 0;
    let slowestMs = 0;
    for (let looked = 0; looked < lanes.length && this.#nowMs < deadlineMs; looked++) {
      const lane = lanes[this.#next]!;
      this.#next = (this.#next + 1) % lanes.length;
      if (!lane.hasRecords()) continue;
      const taken = lane.drain(batch);
      // Lane by lane: a record of the next may end the thread.
      this.#metrics.add(Metric.BusMessagesIn, taken);
      const beganMs = this.#nowMs;
      this.#nowMs = this.#now();
      this.#metrics.observe(Histogram.BatchRecords, taken);
      handled += taken;
      most = Math.max(most, taken);
      slowestMs = Math.max(slowestMs, this.#nowMs - beganMs);
    }
    this.#adapt(most === batch, slowestMs);
    return handled;
  }

  /** Doubles the batch while a full one is quick, and halves it when it is slow. */
  #adapt(wasFull: boolean, tookMs: number): void {
    if (tookMs > SLICE_MS) this.#batch = Math.max(1, this.#batch >> 1);
    else if (wasFull) this.#batch = Math.min(this.#drainRecords, this.#batch * 2);
  }
}

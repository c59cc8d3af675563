import {
  type Metrics,
  Metric,
  type PublishResult,
  publishResult,
  PUBLISHES_PER_SAMPLE,
  type Sendable,
  type SendOptions,
} from '@hioload/api';
import { NO_BLOCK, type SlabOwner } from '@hioload/pool';
import type { BusMemory } from './bus-memory.js';
import { FLUSH_BY_HAND, OutLane } from './out-lane.js';
import { OutgoingPayload } from './outgoing-payload.js';
import { OutgoingRecord } from './outgoing-record.js';
import { OutgoingTopics } from './outgoing-topics.js';
import { NO_STAMP, stampNow } from './stamp.js';

/**
 * Longer payloads lie once in the slab instead of in each record. A lease costs who publishes 100
 * ns and each reader 65; a copy into a record costs 0.04 to 0.1 ns a byte. With three readers both
 * come to the same between 2 and 4 KiB; with one the copy is always faster, but a lane holds few
 * long ones.
 */
export const INLINE_LIMIT_BYTES = 2_048;

/** The slab that a participant lends to its readers. */
export interface OwnSlab {
  /** Its number, by which readers know it. */
  readonly number: number;
  readonly owner: SlabOwner;
}

/** What an outbox writes with. */
export interface OutboxParts {
  readonly memory: BusMemory;
  /** The row that it writes as. */
  readonly row: number;
  /** Called when a payload is longer than a record may be; its readers know the slab by then. */
  slab(): OwnSlab;
  readonly flushRecords: number;
  /** Longer payloads reach nobody, whatever room there is. */
  readonly maxPayloadBytes: number;
  readonly metrics: Metrics;
}

/** What one participant publishes and sends to the others. Belongs to its thread. */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #payload = new OutgoingPayload();
  readonly #record = new OutgoingRecord(this.#payload);
  readonly #topics = new OutgoingTopics();
  /** By row; attached when the first record goes there. */
  readonly #lanes: (OutLane | undefined)[];
  /** Lanes with records of this turn. */
  readonly #dirty: OutLane[] = [];
  /** By mask of the interest map: all rows but this one. */
  readonly #others: Int32Array;
  /**
   * {@link INLINE_LIMIT_BYTES}, or less where lanes are small: a record has to fit between others.
   */
  readonly #inlineLimitBytes: number;
  #isTurnEndDue = false;
  #isTooLong = false;
  #published = 0;

  constructor(parts: OutboxParts) {
    const { memory, row } = parts;
    this.#parts = parts;
    this.#inlineLimitBytes = Math.min(INLINE_LIMIT_BYTES, memory.mesh.laneCapacityBytes / 8);
    this.#lanes = Array.from({ length: memory.rows });
    this.#others = new Int32Array(memory.interest.maskCount).fill(-1);
    if (row < memory.rows) this.#others[row >>> 5]! &= ~(1 << (row & 31));
  }

  /** Whether it has published to a topic of late: who checked it then need not do so again. */
  knows(topic: string): boolean {
    return this.#topics.has(topic);
  }

  /**
   * Hands a message to every other row that may have subscribers of a topic, and counts those
   * alone.
   */
  publish(topic: string, message: Sendable, options: SendOptions | undefined): PublishResult {
    const { interest } = this.#parts.memory;
    const known = this.#topics.get(topic);
    let isPrepared = false;
    let taken = 0;
    let lost = 0;
    for (let index = 0; index < interest.maskCount; index++) {
      let mask = interest.mask(known.hash, index) & this.#others[index]!;
      if (mask !== 0 && !isPrepared) {
        isPrepared = true;
        this.#payload.set(message, options);
        this.#record.publish(
          known,
          this.#published++ % PUBLISHES_PER_SAMPLE === 0 ? stampNow() : NO_STAMP,
        );
        this.#leaseIfLong();
      }
      while (mask !== 0) {
        const bit = 31 - Math.clz32(mask & -mask);
        mask &= mask - 1;
        if (this.#write(32 * index + bit)) taken++;
        else lost++;
      }
    }
    if (!isPrepared) return publishResult(0, 0);
    this.#finish();
    return publishResult(taken, lost);
  }

  /**
   * Hands a message for one connection to the row that it lives in. False where it is lost, which
   * is counted.
   */
  send(row: number, id: number, message: Sendable, options: SendOptions | undefined): boolean {
    this.#payload.set(message, options);
    this.#record.send(id);
    this.#leaseIfLong();
    const wasTaken = this.#write(row);
    this.#finish();
    return wasTaken;
  }

  /**
   * Has one connection closed by the row that it lives in. False where there was no room for that.
   */
  end(row: number, id: number, code: number, reason: string): boolean {
    this.#payload.set(reason, undefined);
    this.#record.end(id, code);
    this.#isTooLong = false;
    const wasTaken = this.#write(row);
    this.#payload.clear();
    return wasTaken;
  }

  /** Shows all readers what was written so far, while the turn goes on. */
  flushWithinTurn(): void {
    for (const lane of this.#dirty) lane.flushWithinTurn();
  }

  /**
   * Shows all readers what was written for them, and wakes those that sleep. Comes by itself at the
   * end of each turn.
   */
  endTurn(): void {
    if (this.#dirty.length === 0) return;
    let woken = 0;
    for (const lane of this.#dirty) woken += lane.endTurn();
    this.#dirty.length = 0;
    if (woken > 0) this.#parts.metrics.add(Metric.BusDoorbells, woken);
  }

  readonly #onTurnEnd = (): void => {
    this.#isTurnEndDue = false;
    this.endTurn();
  };

  /** Drops the reference to a block that the thread itself held while it wrote. */
  #finish(): void {
    const { handle } = this.#record;
    if (handle !== NO_BLOCK) this.#parts.slab().owner.release(handle);
    this.#payload.clear();
  }

  #write(row: number): boolean {
    const { metrics } = this.#parts;
    const lane = (this.#lanes[row] ??= this.#attach(row));
    const record = this.#record;
    const { handle } = record;
    if (this.#isTooLong) return this.#lose(Metric.DroppedTooLong);
    // A reader that has its share of the blocks gets the payload in the record, if it fits.
    if (handle !== NO_BLOCK) record.isLeased = lane.mayLend(this.#parts.slab().owner, handle);
    if (!lane.takes(record))
      return handle === NO_BLOCK ? this.#lose(Metric.DroppedSlabFull) : this.#loseAtLane(row);
    // The reader's reference, before it can know of the block.
    if (record.isLeased) this.#parts.slab().owner.retain(handle);
    if (!lane.tryWrite(record)) {
      if (record.isLeased) this.#parts.slab().owner.release(handle);
      return this.#loseAtLane(row);
    }
    metrics.add(Metric.BusMessagesOut, 1);
    if (!lane.isDirty) this.#soil(lane);
    return true;
  }

  #lose(reason: number): false {
    this.#parts.metrics.add(reason, 1);
    return false;
  }

  #loseAtLane(row: number): false {
    const { memory, row: own } = this.#parts;
    memory.losses.add(own, row);
    return this.#lose(Metric.DroppedLaneFull);
  }

  #soil(lane: OutLane): void {
    lane.isDirty = true;
    // Not shown at once: a reader that takes the first message of a burst alone writes once more to
    // each of its subscribers, which cost two fifths of the time of a fan-out, for a microsecond
    // less between loops that spin.
    this.#dirty.push(lane);
    if (this.#isTurnEndDue) return;
    this.#isTurnEndDue = true;
    setImmediate(this.#onTurnEnd);
  }

  /**
   * Moves a long payload to a block of the slab; where none is free it stays, and has to fit into
   * the record.
   */
  #leaseIfLong(): void {
    const payload = this.#payload;
    this.#isTooLong = payload.byteLength > this.#parts.maxPayloadBytes;
    if (this.#isTooLong || payload.byteLength <= this.#inlineLimitBytes) return;
    const { owner, number } = this.#parts.slab();
    // Room for any pad, because nobody knows where the block will begin.
    const handle = owner.tryAcquire(payload.byteLength + 7);
    if (handle === NO_BLOCK) return;
    const start = owner.startOf(handle);
    const pad = payload.padBehind(start);
    payload.writeTo(bufferOver(owner), start + pad);
    this.#record.lease(number, handle, pad);
  }

  #attach(row: number): OutLane {
    const { memory, row: own, flushRecords } = this.#parts;
    const producer = memory.mesh.lane(own, row).producer({ flushEvery: FLUSH_BY_HAND });
    return new OutLane(row, producer, memory.bells, flushRecords);
  }
}

const buffers = new WeakMap<SlabOwner, Buffer>();

/** The memory of a slab as a buffer, which can encode text into it. */
function bufferOver(owner: SlabOwner): Buffer {
  const known = buffers.get(owner);
  if (known !== undefined) return known;
  const { buffer, byteOffset, byteLength } = owner.bytes;
  const made = Buffer.from(buffer, byteOffset, byteLength);
  buffers.set(owner, made);
  return made;
}

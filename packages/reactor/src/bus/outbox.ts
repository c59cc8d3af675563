/* What one participant of the bus publishes and sends to the others. */
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
import { OutgoingMessage } from '@hioload/transport/message';
import type { BusMemory } from './bus-memory.js';
import { NO_STAMP, OutgoingRecord, stampNow } from './bus-record.js';
import { OutgoingTopics } from './known-topics.js';
import { FLUSH_BY_HAND, OutLane } from './out-lane.js';

/**
 * A longer payload lies once in the slab instead of in each record. A lease costs the publisher 100
 * ns and each reader 65 ns. A copy into a record costs 0.04 to 0.1 ns a byte. With three readers
 * both cost the same between 2 and 4 KiB. With one reader the copy is always faster, but a lane has
 * room for few long records.
 */
export const INLINE_LIMIT_BYTES = 2_048;

/** The slab from which a participant lends blocks to its readers. */
export interface OwnSlab {
  /** The number by which readers know the slab. */
  readonly number: number;
  readonly owner: SlabOwner;
}

/** What an outbox is made from. */
export interface OutboxParts {
  readonly memory: BusMemory;
  /** The row of the writer. */
  readonly row: number;
  /** The slab for long payloads. All readers know the slab when a call returns it. */
  slab(): OwnSlab;
  readonly flushRecords: number;
  /** A longer payload is lost for all readers, even where there is room. */
  readonly maxPayloadBytes: number;
  readonly metrics: Metrics;
}

/** Writes the records of one participant into the lanes to the others. Belongs to its thread. */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #message = new OutgoingMessage();
  readonly #record = new OutgoingRecord(this.#message);
  readonly #topics = new OutgoingTopics();
  /** By row. A lane is attached when the first record goes there. */
  readonly #lanes: (OutLane | undefined)[];
  /** The lanes with records of this turn. */
  readonly #dirty: OutLane[] = [];
  /** By mask of the interest map: the bits of all rows but this one. */
  readonly #others: Int32Array;
  /**
   * {@link INLINE_LIMIT_BYTES}, or less where lanes are small: a lane must hold several records.
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

  /** Whether the outbox has a topic from an earlier publish. Such a topic was checked before. */
  knows(topic: string): boolean {
    return this.#topics.has(topic);
  }

  /**
   * Hands a message to every other row that may have subscribers of a topic. Counts only these
   * rows.
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
        this.#message.set(message, options);
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
   * Hands a message for one connection to the row of that connection.
   * @returns false where the message is lost, which is counted
   */
  send(row: number, id: number, message: Sendable, options: SendOptions | undefined): boolean {
    this.#message.set(message, options);
    this.#record.send(id);
    this.#leaseIfLong();
    const wasTaken = this.#write(row);
    this.#finish();
    return wasTaken;
  }

  /**
   * Asks the row of a connection to close that connection.
   * @returns false where the lane had no room
   */
  end(row: number, id: number, code: number, reason: string): boolean {
    this.#message.set(reason, undefined);
    this.#record.end(id, code);
    this.#isTooLong = false;
    const wasTaken = this.#write(row);
    this.#message.clear();
    return wasTaken;
  }

  /** Shows the readers all records written so far, before the turn ends. */
  flushWithinTurn(): void {
    for (const lane of this.#dirty) lane.flushWithinTurn();
  }

  /**
   * Shows the readers all records, and wakes the readers that sleep. The outbox does so by itself
   * at the end of each turn.
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

  /** Drops the reference to the block that this thread held while it wrote. */
  #finish(): void {
    const { handle } = this.#record;
    if (handle !== NO_BLOCK) this.#parts.slab().owner.release(handle);
    this.#message.clear();
  }

  #write(row: number): boolean {
    const { metrics } = this.#parts;
    const lane = (this.#lanes[row] ??= this.#attach(row));
    const record = this.#record;
    const { handle } = record;
    if (this.#isTooLong) return this.#lose(Metric.DroppedTooLong);
    // A reader that has its share of the blocks gets the payload in the record, if a record can
    // hold the payload.
    if (handle !== NO_BLOCK) record.isLeased = lane.mayLend(this.#parts.slab().owner, handle);
    if (!lane.takes(record))
      return handle === NO_BLOCK ? this.#lose(Metric.DroppedSlabFull) : this.#loseAtLane(row);
    // Take the reader's reference first: the reader may read the record as soon as it is shown.
    if (record.isLeased) this.#parts.slab().owner.retain(handle);
    if (!lane.tryWrite(record)) {
      if (record.isLeased) this.#parts.slab().owner.release(handle);
      return this.#loseAtLane(row);
    }
    metrics.add(Metric.BusMessagesOut, 1);
    if (!lane.isDirty) this.#noteDirty(lane);
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

  #noteDirty(lane: OutLane): void {
    lane.isDirty = true;
    // The records are not shown at once. A reader that takes the first message of a burst alone
    // writes once more to each of its subscribers. That cost two fifths of the time of a fan-out,
    // and won one microsecond between loops that spin.
    this.#dirty.push(lane);
    if (this.#isTurnEndDue) return;
    this.#isTurnEndDue = true;
    setImmediate(this.#onTurnEnd);
  }

  /**
   * Moves a long payload to a block of the slab. Without a free block the payload stays, and has
   * to fit into the record.
   */
  #leaseIfLong(): void {
    const message = this.#message;
    this.#isTooLong = message.byteLength > this.#parts.maxPayloadBytes;
    if (this.#isTooLong || message.byteLength <= this.#inlineLimitBytes) return;
    const { owner, number } = this.#parts.slab();
    // Ask for room for any pad: the start of the block is not known yet.
    const handle = owner.tryAcquire(message.byteLength + 7);
    if (handle === NO_BLOCK) return;
    const start = owner.startOf(handle);
    const pad = message.padBehind(start);
    message.writeTo(bufferOver(owner), start + pad);
    this.#record.lease(number, handle, pad);
  }

  #attach(row: number): OutLane {
    const { memory, row: own, flushRecords } = this.#parts;
    const producer = memory.mesh.lane(own, row).producer({ flushEvery: FLUSH_BY_HAND });
    return new OutLane(row, producer, memory.bells, flushRecords);
  }
}

const buffers = new WeakMap<SlabOwner, Buffer>();

/** The memory of a slab as a `Buffer`, which can encode a text into that memory. */
function bufferOver(owner: SlabOwner): Buffer {
  const known = buffers.get(owner);
  if (known !== undefined) return known;
  const { buffer, byteOffset, byteLength } = owner.bytes;
  const made = Buffer.from(buffer, byteOffset, byteLength);
  buffers.set(owner, made);
  return made;
}

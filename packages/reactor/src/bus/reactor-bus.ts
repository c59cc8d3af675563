import {
  assertSendableClose,
  type Bus,
  CloseCode,
  type ConnId,
  HioloadError,
  type IdleStrategy,
  Metric,
  type Metrics,
  type PublishResult,
  publishResult,
  reactorOf,
  type Sendable,
  type SendOptions,
  SendStatus,
  type Subscription,
  type Topic,
  type TopicListener,
  type Transport,
  type Uplink,
} from '@hioload/api';
import { type SlabOwner, topicHash } from '@hioload/pool';
import { BusMemory } from './bus-memory.js';
import { assertTopicsFit } from './bus-options.js';
import { Inbox } from './inbox.js';
import type { RecordHandler } from './in-lane.js';
import { LanePump } from './lane-pump.js';
import { Membership, type MembershipNotice } from './membership.js';
import { Outbox, type OwnSlab } from './outbox.js';
import { OutgoingPayload } from './outgoing-payload.js';
import { PeerSlabs } from './peer-slabs.js';
import { type BusSeat, lifeOf, ROWS_PER_SLOT } from './seat.js';
import { assertTopic } from './topic.js';
import { TopicCache } from './topic-cache.js';
import { TopicListeners } from './topic-listeners.js';

const AS_TEXT: SendOptions = { binary: false };
const AS_BINARY: SendOptions = { binary: true };

/** What the bus of a reactor works with. */
export interface ReactorBusParts {
  readonly seat: BusSeat;
  /** Memory for long payloads, made by this thread. */
  readonly slab: SlabOwner;
  readonly idle: IdleStrategy;
  readonly metrics: Metrics;
  /** Told of each listener that threw or rejected. Must not throw. */
  onFault(error: HioloadError): void;
}

/**
 * The bus as one reactor sees it.
 *
 * A subscriber is never overlooked: `subscribe` sets the bit of this row in the interest map before
 * it returns, by an atomic operation, and whoever publishes afterwards reads the map by one, so it
 * finds the bit. The inbox was opened before the row had any bit, so whoever finds one may write
 * there.
 */
export class ReactorBus implements Bus {
  /** For the transport. */
  readonly uplink: Uplink;
  readonly #parts: ReactorBusParts;
  readonly #memory: BusMemory;
  readonly #membership: Membership;
  readonly #slabs: PeerSlabs;
  readonly #slab: OwnSlab;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #pump: LanePump;
  readonly #listeners: TopicListeners;
  readonly #payload = new OutgoingPayload();
  /**
   * Slabs whose owners have ended, by the row that may still hold handles of their blocks in its
   * lane.
   */
  readonly #ended: { readonly number: number; readonly row: number }[] = [];
  /**
   * Topics that connections of this reactor are subscribed to: for all others the transport need
   * not be asked.
   */
  readonly #topics = new Set<Topic>();
  #transport!: Transport;
  #maxTopicBytes = 0;
  #leasesShown = 0;
  #isClosed = false;

  /** Takes the seat; nothing is read before {@link start}. */
  constructor(parts: ReactorBusParts) {
    const { seat, slab, metrics, idle, onFault } = parts;
    const { row, sizes } = seat;
    const memory = BusMemory.attach(seat.regions);
    this.#parts = parts;
    this.#memory = memory;
    if (seat.isNew) memory.mesh.openInbox(row);
    this.#membership = new Membership(seat.port, (notice) => this.#onNotice(notice));
    this.#slabs = new PeerSlabs(this.#membership.pull);
    this.#slab = { number: seat.slabNumber, owner: slab };
    const { flushRecords, drainRecords, maxPayloadBytes } = sizes;
    this.#outbox = new Outbox({
      memory,
      row,
      metrics,
      flushRecords,
      maxPayloadBytes,
      slab: () => this.#slab,
    });
    const handler = this.#recordHandler();
    const topics = new TopicCache();
    this.#inbox = new Inbox({
      memory,
      row,
      metrics,
      drainRecords,
      handler,
      topics,
      slabs: this.#slabs,
    });
    this.#pump = new LanePump({
      idle,
      sleeper: memory.bells.sleeper(row),
      hasWork: this.#inbox.hasRecords,
      work: () => this.#work(),
    });
    const interest = memory.interest.writer(row);
    const gained = (topic: Topic): void => interest.add(topicHash(topic));
    const lost = (topic: Topic): void => interest.remove(topicHash(topic));
    this.uplink = {
      topicGained: (topic) => {
        this.#topics.add(topic);
        gained(topic);
      },
      topicLost: (topic) => {
        this.#topics.delete(topic);
        lost(topic);
      },
      publish: (topic, message, options) => this.#relay(topic, message, options),
    };
    this.#listeners = new TopicListeners({
      topicGained: gained,
      topicLost: lost,
      onFault: (topic, cause) => {
        metrics.add(Metric.HandlerFaults, 1);
        onFault(
          new HioloadError('HIOLOAD_HANDLER_FAILED', `a listener of topic ${topic} failed`, {
            cause,
          }),
        );
      },
    });
  }

  /**
   * Begins to read, once the supervisor has made this reactor known; resolves when the application
   * may publish.
   * @param transport made with the bus as its uplink
   * @throws HIOLOAD_OPTION_INVALID (as a rejection) where topics may be longer than lanes take
   */
  async start(transport: Transport, maxTopicBytes: number): Promise<void> {
    assertTopicsFit(maxTopicBytes, this.#parts.seat.sizes.laneBytes);
    this.#transport = transport;
    this.#maxTopicBytes = maxTopicBytes;
    await this.#membership.admitted;
    // What a predecessor in this row has not read is nobody's any more.
    this.#parts.metrics.add(Metric.DroppedReactorEnded, this.#inbox.discard());
    const { row, life } = this.#parts.seat;
    this.#memory.roster.enter(row, life);
    this.#pump.start();
  }

  /**
   * Shows what was published last, and reads no more; leases go home. The connections have gone.
   * Idempotent.
   */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#memory.roster.leave(this.#parts.seat.row);
    this.#pump.stop();
    this.#parts.metrics.add(Metric.DroppedReactorEnded, this.#inbox.discard());
    this.#outbox.endTurn();
    this.#membership.close();
  }

  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult {
    // Checking a topic costs a fifth of a publish.
    if (!this.#outbox.knows(topic)) assertTopic(topic, this.#maxTopicBytes);
    if (this.#isClosed) return publishResult(0, 0);
    const here = this.#topics.has(topic)
      ? this.#transport.publish(topic, message, options).reactors
      : 0;
    const { reactors, lanesFull } = this.#spread(topic, message, options);
    return publishResult(here + reactors, lanesFull);
  }

  send(id: ConnId, message: Sendable, options?: SendOptions): SendStatus {
    const row = this.#rowOf(id);
    if (row === this.#parts.seat.row)
      return this.#transport.connection(id)?.send(message, options) ?? SendStatus.Closed;
    if (row === undefined) return SendStatus.Closed;
    return this.#outbox.send(row, id, message, options) ? SendStatus.Sent : SendStatus.Dropped;
  }

  end(id: ConnId, code: number = CloseCode.Normal, reason = ''): SendStatus {
    assertSendableClose(code, reason);
    const row = this.#rowOf(id);
    if (row === undefined) return SendStatus.Closed;
    if (row !== this.#parts.seat.row) {
      return this.#outbox.end(row, id, code, reason) ? SendStatus.Sent : SendStatus.Dropped;
    }
    const conn = this.#transport.connection(id);
    conn?.end(code, reason);
    return conn === undefined ? SendStatus.Closed : SendStatus.Sent;
  }

  subscribe(topic: Topic, listener: TopicListener): Subscription {
    assertTopic(topic, this.#maxTopicBytes);
    return this.#listeners.add(topic, listener);
  }

  /** Slabs of other participants that it holds on to. */
  get peerSlabs(): number {
    return this.#slabs.size;
  }

  /** Brings the gauges up to date. */
  report(): void {
    const leases = this.#slab.owner.stats().reduce((sum, { inUse }) => sum + inUse, 0);
    this.#parts.metrics.add(Metric.BusLeases, leases - this.#leasesShown);
    this.#leasesShown = leases;
  }

  /**
   * Spreads what a connection published, and shows it at once. Before the turn ends, its transport
   * writes to the subscribers here; with 500 of them the other reactors would stand idle for some
   * 1.5 ms, and get it after 2.4 ms instead of 0.1.
   */
  #relay(topic: Topic, message: Sendable, options: SendOptions | undefined): PublishResult {
    const result = this.#spread(topic, message, options);
    this.#outbox.flushWithinTurn();
    return result;
  }

  /**
   * Tells the other reactors, and then the listeners of this one: what those publish in turn comes
   * later everywhere.
   */
  #spread(topic: Topic, message: Sendable, options: SendOptions | undefined): PublishResult {
    if (this.#isClosed) return publishResult(0, 0);
    const result = this.#outbox.publish(topic, message, options);
    if (this.#listeners.has(topic)) {
      this.#payload.set(message, options);
      const bytes = this.#payload.bytes();
      this.#payload.clear();
      this.#listeners.tell(topic, bytes, 0, bytes.length, this.#payload.isBinary);
    }
    return result;
  }

  /** The row of the life of a reactor that a connection belongs to, if that life is on the bus. */
  #rowOf(id: ConnId): number | undefined {
    // An application may have made the id up: out of any range, or no number.
    if (this.#isClosed || !Number.isSafeInteger(id)) return undefined;
    const first = reactorOf(id) * ROWS_PER_SLOT;
    const life = lifeOf(id);
    for (
      let row = Math.max(0, first);
      row < Math.min(first + ROWS_PER_SLOT, this.#memory.rows);
      row++
    ) {
      if (this.#memory.roster.isIn(row, life)) return row;
    }
    return undefined;
  }

  #work(): number {
    // What was published since the last look need not wait until the lanes are read, which may take
    // long.
    this.#outbox.endTurn();
    const handled = this.#inbox.drain();
    if (handled === 0) return 0;
    if (this.#ended.length > 0) this.#forgetEnded();
    // What handlers published goes out with this turn.
    this.#outbox.endTurn();
    return handled;
  }

  #recordHandler(): RecordHandler {
    return {
      onPublish: (topic, bytes, start, end, isBinary) => {
        if (this.#topics.has(topic)) this.#transport.deliver(topic, bytes, start, end, isBinary);
        this.#listeners.tell(topic, bytes, start, end, isBinary);
      },
      onSend: (id, bytes, start, end, isBinary) => {
        const conn = this.#transport.connection(id as ConnId);
        if (conn === undefined) this.#parts.metrics.add(Metric.DroppedConnectionGone, 1);
        else conn.send(bytes.subarray(start, end), isBinary ? AS_BINARY : AS_TEXT);
      },
      onEnd: (id, code, reason) => this.#transport.connection(id as ConnId)?.end(code, reason),
    };
  }

  #onNotice(notice: MembershipNotice): void {
    if (notice.type === 'slab') {
      this.#slabs.add(notice.number, notice.slab);
    } else if (notice.type === 'ended') {
      this.#ended.push(notice);
      this.#forgetEnded();
    }
  }

  /** Lets go of the slabs of ended reactors whose lanes are read to their end. */
  #forgetEnded(): void {
    for (let i = this.#ended.length - 1; i >= 0; i--) {
      const { number, row } = this.#ended[i]!;
      if (this.#inbox.hasRecordsFrom(row)) continue;
      this.#slabs.remove(number);
      this.#ended.splice(i, 1);
    }
  }
}

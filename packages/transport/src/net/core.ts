/* The one object that all rooms of `net` share. */
import type {
  BytePool,
  Clock,
  ConnectionHandlers,
  Extension,
  ExtensionSession,
  Limits,
  Metrics,
  ObjectPool,
  TransportOptions,
} from '@hioload/api';
import {
  FrameEncoder,
  MessageReader,
  type MessageSink,
  HANDSHAKE_HEAD_LIMITS,
  type HeadLimits,
} from '@hioload/protocol';
import { OutgoingMessage } from '../message/outgoing-message.js';
import { RangeMessage } from '../message/range-message.js';
import type { InnerConn } from '../shared/app-conn.js';
import { FaultBarrier } from '../shared/faults.js';
import type { MemoryBudget } from './budget/memory-budget.js';
import { PagePlaces } from '../shared/page-places.js';
import { RateLimit } from '../shared/rate-limit.js';
import { Openings } from './opening/openings.js';
import { QueueLosses } from './sending/queue-losses.js';
import { Sweep, type Timed } from './sweep.js';
import { Topics } from './topics/topics.js';

/** An open or closing connection, as the transport and the sweep see it. */
export interface LiveConn extends InnerConn, Timed {
  /** Cuts the connection in every state. */
  cut(): void;
}

/** A socket that has said goodbye and waits for its peer. */
export interface Leaving {
  /** Closes the socket at once. */
  end(): void;
}

/** A queue with bytes to write. */
export interface Flushable {
  /** Writes the gathered bytes. */
  flush(): void;
}

/** The parts that a core is made of, besides the options of every transport. */
export interface NetCoreParts {
  readonly options: TransportOptions<unknown>;
  readonly budget: MemoryBudget;
  /** The extensions that a client may agree on. */
  readonly extensions: readonly Extension[];
  readonly clock: Clock;
}

/**
 * The most idle readers, and the most idle encoders, that wait to be lent again: as many as
 * connections are written to in one turn.
 */
const MAX_IDLE_CODECS = 4_096;
const MS_PER_SECOND = 1_000;

/** What a transport was built from, its pools, and the state that its connections share. */
export class NetCore {
  readonly options: TransportOptions<unknown>;
  readonly handlers: ConnectionHandlers;
  readonly metrics: Metrics;
  readonly limits: Limits;
  readonly headLimits: HeadLimits;
  readonly extensions: readonly Extension[];
  readonly faults: FaultBarrier;
  readonly losses: QueueLosses;
  /** The limit of messages per second; null where a connection may send any number. */
  readonly rateLimit: RateLimit | null;
  /** Lends the memory of all connections. */
  readonly budget: MemoryBudget;
  /** Readers and encoders without an extension, for connections that have something to do. */
  readonly readers: ObjectPool<MessageReader>;
  readonly encoders: ObjectPool<FrameEncoder>;
  /** The one object that stands for every incoming message while its hook runs. */
  readonly message = new RangeMessage();
  /** The one object that stands for every outgoing message while its call runs. */
  readonly outgoing = new OutgoingMessage();
  readonly topics: Topics;
  readonly sweep: Sweep;
  readonly openings: Openings;
  readonly pagePlaces: PagePlaces;
  readonly connections = new Map<number, LiveConn>();
  readonly leaving = new Set<Leaving>();
  /** Milliseconds of a coarse clock. */
  readonly now = (): number => this.sweep.nowMs;
  #nextConnId: number;
  #dirty: Flushable[] = [];

  constructor({ options, budget, extensions, clock }: NetCoreParts) {
    const { handlers, metrics, limits, pools, uplink } = options;
    this.options = options;
    this.handlers = handlers;
    this.metrics = metrics;
    this.limits = limits;
    this.headLimits = { ...HANDSHAKE_HEAD_LIMITS, maxBytes: limits.maxHeadBytes };
    this.extensions = extensions;
    this.faults = new FaultBarrier(metrics, (error, conn) => options.onFault(error, conn));
    this.losses = new QueueLosses(handlers, metrics, this.faults);
    this.rateLimit =
      limits.maxMessagesPerSecond > 0 ? new RateLimit(limits.maxMessagesPerSecond) : null;
    this.budget = budget;
    this.readers = pools.objects(() => this.newReader(null), MAX_IDLE_CODECS);
    this.encoders = pools.objects(() => this.newEncoder(), MAX_IDLE_CODECS);
    this.topics = new Topics({
      metrics,
      uplink,
      maxTopicBytes: limits.maxTopicBytes,
      outgoing: this.outgoing,
      encoder: this.newEncoder(),
    });
    this.sweep = new Sweep(
      clock,
      () => this.connections.values(),
      () => budget.report(),
    );
    this.openings = new Openings(limits.maxUnfinishedHandshakes);
    this.pagePlaces = new PagePlaces(limits, metrics);
    this.#nextConnId = options.firstConnId;
  }

  /** Makes a reader. @param sink null where the reader is for the pool */
  newReader(
    sink: MessageSink | null,
    pool: BytePool = this.budget,
    extension?: ExtensionSession,
  ): MessageReader {
    const { maxPayloadBytes, maxFragments, messageTimeoutSeconds } = this.limits;
    return new MessageReader(sink, {
      role: 'server',
      maxMessageBytes: maxPayloadBytes,
      maxFragments,
      assemblyMs: messageTimeoutSeconds * MS_PER_SECOND,
      pool,
      extension,
      now: this.now,
    });
  }

  newEncoder(pool: BytePool = this.budget, extension?: ExtensionSession): FrameEncoder {
    return new FrameEncoder({ role: 'server', pool, extension });
  }

  /** The id of the next connection. */
  takeConnId(): number {
    return this.#nextConnId++;
  }

  /** Has a queue flushed at the end of the turn. */
  flushLater(queue: Flushable): void {
    if (this.#dirty.push(queue) === 1) setImmediate(this.#flushAll);
  }

  readonly #flushAll = (): void => {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const queue of dirty) queue.flush();
  };

  /** Ends all handshakes and connections, each with its close hook. */
  close(): void {
    this.openings.giveUpAll();
    for (const conn of this.connections.values()) conn.cut();
    for (const socket of this.leaving) socket.end();
    this.sweep.stop();
  }
}

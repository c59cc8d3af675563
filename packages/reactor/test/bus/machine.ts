// Test support: several reactors with a bus, on the thread of the test.
import {
  type ConnectionHandlers,
  type ConnId,
  DEFAULT_LIMITS,
  type HioloadError,
  type IdleName,
  Metric,
} from '@hioload/api';
import { FakeMetrics, type FakePeer, FakeTransport, fakeTransportOptions } from '@hioload/fake';
import { idleStrategy, Slab, type Sleeper, topicHash } from '@hioload/pool';
import { BusMemory, type BusRegions } from '../../src/bus/bus-memory.js';
import { type BusOptions, busSizes, slabClasses } from '../../src/bus/bus-options.js';
import { Inbox } from '../../src/bus/inbox.js';
import { Membership, PeerSlabs } from '../../src/bus/membership.js';
import { ReactorBus } from '../../src/bus/reactor-bus.js';
import { firstConnIdOf, ROWS_PER_REACTOR } from '../../src/bus/seat.js';
import { BusMembers } from '../../src/supervisor/bus-members.js';

/** One reactor of a machine, on the thread of the test. */
export interface TestReactor {
  readonly row: number;
  readonly bus: ReactorBus;
  readonly transport: FakeTransport;
  readonly metrics: FakeMetrics;
  readonly faults: readonly HioloadError[];
  /** Makes a peer whose connection is subscribed to topics. */
  subscriber(...topics: string[]): FakePeer;
}

/** A reactor that does nothing by itself. */
export interface HangingReactor {
  readonly row: number;
  readonly inbox: Inbox;
  /** The sleeping side of its doorbell. */
  readonly sleeper: Sleeper;
  /**
   * Reads all records, in as many turns as needed.
   * @returns how many records there were
   */
  readAll(): number;
  readonly firstConnId: ConnId;
}

const SMALL: BusOptions = { laneBytes: 16_384, slabBytes: 4 * 1_048_576 };

/**
 * The reactors of a server and its supervisor, all on one thread. All events between two turns
 * happen at once.
 */
export class BusMachine {
  readonly members: BusMembers;
  readonly #options: BusOptions;
  readonly #reactors: number;
  readonly #idle: IdleName;
  readonly #live = new Map<number, TestReactor>();
  #regions: BusRegions | undefined;
  #lives = 0;

  constructor(reactors: number, options: BusOptions = {}, idle: IdleName = 'park') {
    this.#options = { ...SMALL, ...options };
    this.#reactors = reactors;
    this.#idle = idle;
    this.members = new BusMembers(reactors, this.#options);
  }

  /** Makes a machine and joins all its reactors to the bus. */
  static async start(
    ...parts: ConstructorParameters<typeof BusMachine>
  ): Promise<[BusMachine, ...TestReactor[]]> {
    const machine = new BusMachine(...parts);
    const reactors: TestReactor[] = [];
    for (let reactor = 0; reactor < parts[0]; reactor++) reactors.push(await machine.join(reactor));
    return [machine, ...reactors];
  }

  /** Starts a reactor, also while another life of it runs in its other row. */
  async join(
    reactor: number,
    handlers: ConnectionHandlers = {},
    beside = false,
  ): Promise<TestReactor> {
    const row = reactor * ROWS_PER_REACTOR + (beside ? 1 : 0);
    const life = this.#lives++;
    const metrics = new FakeMetrics();
    const faults: HioloadError[] = [];
    const slab = Slab.create(
      slabClasses(busSizes(this.#options, this.#reactors * ROWS_PER_REACTOR)),
    );
    const seat = this.members.seat(row, life);
    this.#regions = seat.regions;
    const bus = new ReactorBus({
      seat,
      slab: slab.owner(),
      idle: idleStrategy(this.#idle),
      metrics,
      onFault: (error) => faults.push(error),
    });
    const transport = new FakeTransport(
      fakeTransportOptions({
        handlers,
        metrics,
        uplink: bus.uplink,
        firstConnId: firstConnIdOf(reactor, life),
      }),
    );
    await transport.listen({ host: '127.0.0.1', port: 0, shared: false });
    this.members.admit(row, slab.region);
    await bus.start(transport, DEFAULT_LIMITS.maxTopicBytes, 'fake');
    const subscriber = (...topics: string[]): FakePeer => {
      const peer = transport.connect();
      for (const topic of topics) peer.conn!.subscribe(topic);
      return peer;
    };
    const joined = { row, bus, transport, metrics, faults, subscriber };
    this.#live.set(row, joined);
    return joined;
  }

  /**
   * Ends a reactor in order.
   * @returns how many records the supervisor found unread
   */
  stop({ row, transport, bus }: TestReactor): number {
    this.#live.delete(row);
    transport.close();
    bus.close();
    return this.members.leave(row);
  }

  /**
   * Lets a thread take a seat and subscribe. The thread does nothing by itself after that, and so
   * leaves behind what a suddenly ended thread leaves.
   * @param onPublish called with each message when the inbox is drained
   */
  joinAndHang(
    reactor: number,
    topic: string,
    onPublish: () => void = () => undefined,
  ): HangingReactor {
    const row = reactor * ROWS_PER_REACTOR;
    const life = this.#lives++;
    const seat = this.members.seat(row, life);
    const memory = BusMemory.attach(seat.regions);
    if (seat.isNew) memory.mesh.openInbox(row);
    const membership = new Membership(seat.port, (notice) => {
      if (notice.type === 'slab') slabs.add(notice.number, notice.slab);
    });
    const slabs: PeerSlabs = new PeerSlabs(membership.pull);
    const inbox = new Inbox({
      memory,
      row,
      slabs,
      drainRecords: 256,
      metrics: new FakeMetrics(),
      // The clock stands still, so no turn ends early on a busy machine.
      now: () => 0,
      receiver: { onPublish, onSend: () => undefined, onEnd: () => undefined },
    });
    this.members.admit(row, Slab.create(slabClasses(seat.sizes)).region);
    memory.interest.writer(row).add(topicHash(topic));
    memory.roster.enter(row, seat.life);
    const readAll = (): number => {
      let records = 0;
      while (inbox.hasRecords()) records += inbox.drain();
      return records;
    };
    return {
      row,
      inbox,
      sleeper: memory.bells.sleeper(row),
      readAll,
      firstConnId: firstConnIdOf(reactor, life) as ConnId,
    };
  }

  /** Runs `work` as a publisher that found the bit of a row before the bit was cleared. */
  afterFinding(row: number, topic: string, work: () => void): void {
    const { interest } = BusMemory.attach(this.#regions!);
    interest.writer(row).add(topicHash(topic));
    work();
    interest.clear(row);
  }

  /** The number of leases that are out, over all reactors. */
  leases(): number {
    let leases = 0;
    for (const { bus, metrics } of this.#live.values()) {
      bus.report();
      leases += metrics.read(Metric.BusLeases);
    }
    return leases;
  }

  /** The lanes that were full, as `from>to`, with the number of times. */
  fullLanes(): string[] {
    return this.members
      .status()
      .filter(({ full }) => full > 0)
      .map(({ from, to, full }) => `${from}>${to}: ${full}`);
  }

  dispose(): void {
    for (const reactor of [...this.#live.values()]) this.stop(reactor);
  }
}

/** Lets every reactor read its records, and the records that follow from them. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** All reactors of a server: starts, drains and stops them together. */
import {
  type Affinity,
  type Clock,
  type DrainOptions,
  HioloadError,
  type Logger,
  Metric,
  type Metrics,
  type NumaPoolReport,
  type Placement,
  type PublishResult,
  ReactorState,
  type ReactorPlace,
  type Sendable,
  type SendOptions,
  textOfThrown,
  type Topology,
} from '@hioload/api';
import { AdmissionTable, type Heartbeat, MetricsTotals, NumaPools } from '@hioload/pool';
import { Backoff } from '../backoff.js';
import { firstConnIdOf, ROWS_PER_REACTOR } from '../bus/seat.js';
import { LogReader } from '../log/log-ring.js';
import type { TransportFacts, TransportWish } from '../parts/serving-transport.js';
import { BusMembers } from './bus-members.js';
import { LossWatch } from './loss-watch.js';
import type { ResolvedServerOptions } from './server-options.js';
import { verifyPinning } from './pinning.js';
import { ReactorKeeper, type ReactorKeeperEvents } from './reactor-keeper.js';
import { ReactorThread } from './reactor-thread.js';
import { spawnReactor } from './spawn-thread.js';
import { StallWatch } from './stall-watch.js';
import type { WaitingReactor } from './start-timeout.js';
import type { LaneStatus, ReactorStatus, ReactorVitals } from './status.js';
import { settlesWithin } from './within.js';

/** The least time that threads have to end after the command to stop, in milliseconds. */
const STOP_GRACE_MS = 1_000;

/** The parts that a crew is made of. */
export interface ReactorCrewParts {
  readonly options: ResolvedServerOptions;
  /** The address that every reactor listens on; the host of the options for a kind of the user. */
  readonly address: string;
  readonly transport: TransportWish;
  /**
   * Judges the transport that a reactor reports, and takes what it needs, such as the port. It is
   * called during the start only.
   * @returns whether the transport allows the number of reactors of this crew
   * @throws HIOLOAD_OPTION_INVALID if the transport allows no crew that the options ask for,
   * HIOLOAD_PORT_IN_USE, HIOLOAD_ADDRESS_UNAVAILABLE (all as a rejection)
   */
  agree(transport: TransportFacts): Promise<boolean>;
  readonly placement: Placement;
  readonly topology: Topology;
  /** `null` if the reactors are not pinned. */
  readonly affinity: Affinity | null;
  /** Whether the affinity is an object of the user. Reactors cannot call it on their threads. */
  readonly isOwnAffinity: boolean;
  readonly heapMb: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  /** A reactor has been stalled for `stallLimitMs`. */
  onStallLimit(reactor: number): void;
}

/** The error of a crew whose number of reactors does not suit its transport. */
export class TransportMisfit extends HioloadError {
  readonly transport: TransportFacts;

  constructor(transport: TransportFacts) {
    super(
      'HIOLOAD_PART_INVALID',
      `transport: the kind ${transport.name} must have the same features.sharesPort on every ` +
        `reactor; it is ${transport.sharesPort} on one of them`,
    );
    this.transport = transport;
  }
}

/** The reactors of a server: one keeper for each place of the placement. */
export class ReactorCrew {
  readonly #parts: ReactorCrewParts;
  readonly #keepers: readonly ReactorKeeper[];
  readonly #admission: AdmissionTable;
  readonly #bus: BusMembers;
  readonly #logs: LogReader;
  readonly #stalls: StallWatch;
  /** How often each reactor was stalled, by its number. */
  readonly #stallCounts: number[] = [];
  readonly #losses: LossWatch;
  #rejectStart!: (error: unknown) => void;
  readonly #startFails = new Promise<never>((_, reject) => {
    this.#rejectStart = reject;
  });
  #isStarted = false;

  constructor(parts: ReactorCrewParts) {
    const { placement, clock, log } = parts;
    this.#parts = parts;
    this.#admission = new AdmissionTable(placement.places.length * ROWS_PER_REACTOR);
    this.#logs = new LogReader(log);
    this.#bus = new BusMembers(placement.places.length, parts.options.bus);
    this.#keepers = placement.places.map((place) => this.#makeKeeper(place));
    this.#losses = new LossWatch(clock, log, () => this.#totals());
    this.#stalls = new StallWatch(
      clock,
      // A starting reactor may block its event loop. The start has its own deadline.
      () =>
        this.#keepers.flatMap(({ threads }) =>
          [...threads].filter(({ state }) => state !== ReactorState.Starting),
        ),
      {
        limitMs: parts.options.stallLimitMs,
        onChange: ({ index }, stalled) => {
          const stall =
            'its event loop does not turn, or gets no CPU, and new connections to it hang';
          if (stalled) {
            this.#stallCounts[index] = this.#stallsOf(index) + 1;
            log.warn(`reactor ${index} is stalled: ${stall}`, { reactor: index });
          } else
            log.info(`reactor ${index} has recovered: its event loop turns`, { reactor: index });
        },
        onLimit: ({ index }) => parts.onStallLimit(index),
      },
    );
  }

  /**
   * Starts every reactor. Resolves with the port when all reactors are ready: 0 if the network of
   * the transport has no ports.
   * @throws TransportMisfit if the crew does not suit the transport; else the error of the first
   * reactor that failed
   */
  async start(): Promise<number> {
    const port = await Promise.race([this.#startAll(), this.#startFails]);
    this.#isStarted = true;
    return port;
  }

  async #startAll(): Promise<number> {
    const [first, ...rest] = this.#keepers as [ReactorKeeper, ...ReactorKeeper[]];
    this.#stalls.start();
    this.#losses.start();
    const { port } = this.#parts.options;
    // With port 0 the first reactor takes a free port, and the others listen on the same port.
    const shared = port === 0 ? await first.start(0) : port;
    const others = port === 0 ? rest : this.#keepers;
    const ports = await Promise.all(others.map((keeper) => keeper.start(shared)));
    // A network without ports resolves with 0, although the options name a port.
    return port !== 0 && ports[0] === 0 ? 0 : shared;
  }

  async drain(options: DrainOptions): Promise<void> {
    await Promise.all(this.#keepers.map((keeper) => keeper.drain(options)));
  }

  /**
   * Ends every thread. Resolves with the reactors whose threads did not end in time.
   * @param limitMs time for the stop hooks of the application; the least time is one second
   */
  async stop(limitMs = 0): Promise<readonly number[]> {
    this.#stalls.stop();
    this.#losses.stop();
    await settlesWithin(
      this.#parts.clock,
      Math.max(STOP_GRACE_MS, limitMs),
      Promise.all(this.#keepers.map((keeper) => keeper.stop())),
    );
    // A thread that is stuck may still log.
    if (this.stuck.length === 0) this.#logs.close();
    return this.stuck;
  }

  /** The reactors with a thread that has not ended. */
  get stuck(): readonly number[] {
    return this.#keepers
      .filter(({ threads }) => threads.size > 0)
      .map(({ place }) => place.reactor);
  }

  /** The path of the application. Undefined until the first reactor is ready. */
  get path(): string | undefined {
    return this.#keepers[0]?.current?.path;
  }

  /** The reactors that still start, each with its phase. */
  get waiting(): readonly WaitingReactor[] {
    return this.#keepers.flatMap(({ place, current }) =>
      current?.state === ReactorState.Starting
        ? { reactor: place.reactor, phase: current.phase }
        : [],
    );
  }

  /** The error of a reactor that has failed, although its thread may not have ended yet. */
  get failure(): HioloadError | undefined {
    return this.#keepers.find(({ current }) => current?.failure !== undefined)?.current?.failure;
  }

  /** The number of open connections. */
  connections(): number {
    return this.#keepers.reduce((sum, keeper) => sum + keeper.totals().read(Metric.Connections), 0);
  }

  /** Sends a message to every subscriber of a topic. The caller has checked the topic. */
  publish(topic: string, message: Sendable, options: SendOptions | undefined): PublishResult {
    return this.#bus.publish(topic, message, options);
  }

  /** The counters of the messages that the supervisor has published. */
  get supervisorMetrics(): Pick<Metrics, 'read'> {
    return this.#bus.metrics;
  }

  /** The log lines of reactors that did not fit into the log ring. */
  get lostLogLines(): number {
    return this.#logs.lostLines;
  }

  lanes(): LaneStatus[] {
    return this.#bus.status();
  }

  /** The states of the reactors, without their counters. */
  vitals(): ReactorVitals[] {
    return this.#keepers.map((keeper) => this.#vitalsOf(keeper));
  }

  status(): ReactorStatus[] {
    return this.#keepers.map((keeper) => ({
      ...this.#vitalsOf(keeper),
      stalls: this.#stallsOf(keeper.place.reactor),
      cpus: keeper.place.cpus,
      node: keeper.place.node,
      threadId: keeper.current?.threadId ?? null,
      loop: keeper.current?.loop ?? null,
      restarts: keeper.restarts,
      lastError: keeper.lastError ?? null,
      heapLimitMb: keeper.current?.heapMb ?? this.#parts.heapMb,
      totals: keeper.totals(),
    }));
  }

  /** A reactor that is being replaced may hold connections: its stall counts, too. */
  #vitalsOf({ place: { reactor }, state, threads }: ReactorKeeper): ReactorVitals {
    const stalledMs = Math.max(0, ...[...threads].map((thread) => this.#stalls.stalledMs(thread)));
    const memoryShort = [...threads].some(
      ({ metrics }) => (metrics?.read(Metric.MemoryShort) ?? 0) > 0,
    );
    return { reactor, state, stalled: stalledMs > 0, stalledMs, memoryShort };
  }

  #stallsOf(reactor: number): number {
    return this.#stallCounts[reactor] ?? 0;
  }

  /** Asks the kernel which nodes hold the slabs of the running reactors. */
  memory(): Promise<readonly NumaPoolReport[]> {
    const slabs = new NumaPools({ classes: [] });
    for (const { place, current } of this.#keepers) {
      if (current?.slab !== undefined) slabs.adopt(place, current.slab);
    }
    return slabs.report();
  }

  /** The counters of all past and present reactors, and of the supervisor. */
  #totals(): MetricsTotals {
    return this.#keepers.reduce(
      (sum, keeper) => sum.plus(keeper.totals()),
      new MetricsTotals().include(this.#bus.metrics),
    );
  }

  /** Lets a reactor make its transport if the crew suits the transport. */
  async #onTransport(thread: ReactorThread, transport: TransportFacts): Promise<void> {
    if (this.#isStarted) return thread.proceed();
    try {
      if (await this.#parts.agree(transport)) thread.proceed();
      else this.#rejectStart(new TransportMisfit(transport));
    } catch (error) {
      this.#rejectStart(error);
    }
  }

  #makeKeeper(place: ReactorPlace): ReactorKeeper {
    const { options, affinity, heapMb, clock, log, random } = this.#parts;
    return new ReactorKeeper({
      place,
      pinned: affinity !== null,
      clock,
      log,
      backoff: new Backoff(random),
      admission: this.#admission,
      bus: this.#bus,
      drain: options.drain,
      heapMb,
      spawn: (port, life, row, events) => this.#spawn(place, port, life, row, events),
      verify: (thread) => {
        if (affinity === null || thread.threadId === undefined) return;
        verifyPinning(affinity, thread.threadId, place.cpus);
      },
    });
  }

  #spawn(
    place: ReactorPlace,
    port: number,
    life: number,
    row: number,
    events: ReactorKeeperEvents,
  ): ReactorThread {
    const { options, address, placement, affinity, isOwnAffinity, topology, heapMb } = this.#parts;
    const { reactor } = place;
    const logSeat = this.#logs.seat();
    const seed = {
      index: reactor,
      reactors: placement.places.length,
      home: { cpus: place.cpus, node: place.node },
      // An affinity of the user stays on this thread. The keeper verifies a thread that is ready.
      pinned: affinity !== null && !isOwnAffinity,
      module: options.module,
      transport: this.#parts.transport,
      reactorModule: options.reactorModule ?? null,
      host: address,
      port,
      limits: options.limits,
      allowedOrigins: options.allowedOrigins,
      allowedHosts: options.allowedHosts,
      heapMb,
      printsToLog: options.printsToLog,
      firstConnId: firstConnIdOf(reactor, life),
      admissionTable: this.#admission.buffer,
      admissionRow: row,
      bus: this.#bus.seat(row, life),
      log: logSeat,
      loop: options.loop,
    };
    const pinning =
      affinity === null ? null : { affinity, cpus: place.cpus, home: topology.allowedCpus };
    const thread = new ReactorThread(reactor, row, spawnReactor(seed, pinning), {
      ...events,
      onNews: () => this.#logs.read(),
      onStray: (_, message) =>
        this.#parts.log.warn(`reactor ${reactor} sent a message that is no report; it is ignored`, {
          reactor,
          message: textOfThrown(message),
        }),
      onJoining: (_, slab) => this.#bus.admit(row, slab),
      onTransport: (thread, transport) => void this.#onTransport(thread, transport),
    });
    void thread.ended.then(() => this.#logs.end(logSeat.writer, () => this.#heartbeats()));
    return thread;
  }

  /** The heartbeats of all threads that have not ended. */
  #heartbeats(): (Heartbeat | undefined)[] {
    return this.#keepers.flatMap((keeper) => keeper.heartbeats());
  }
}

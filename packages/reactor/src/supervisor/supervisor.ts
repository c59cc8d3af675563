/** Supervises a server: starts its reactors, watches them, drains and ends them. */
import {
  assertTopic,
  CloseCode,
  HioloadError,
  LIMIT_TABLE,
  type PublishResult,
  publishResult,
  type Sendable,
  type SendOptions,
  type Topic,
} from '@hioload/api';
import { memoryPolicy } from '../machine/index.js';
import { AdminServer } from './admin.js';
import { awaitFarewell } from './farewell.js';
import { announceMemory } from './memory-lines.js';
import { setNativeHeadLimit } from './native-head-limit.js';
import { claimPort, type PortClaim } from './port-claim.js';
import type { TransportFacts, TransportWish } from '../parts/serving-transport.js';
import {
  announcePlan,
  announceTranslation,
  announceTransport,
  lossOf,
  makePlan,
  type Plan,
  reactorsOn,
  requireModules,
} from './plan.js';
import { createMetricsPage } from './prometheus.js';
import { endStalledProcess } from './stalled-end.js';
import { ReactorCrew, TransportMisfit } from './reactor-crew.js';
import {
  type ResolvedServerOptions,
  resolveServerOptions,
  type ServerOptions,
} from './server-options.js';
import type { DrainOutcome, DrainWish, Server, ServerAddress } from './server.js';
import { startTimeout } from './start-timeout.js';
import type { ServerState, ServerStatus } from './status.js';
import { chooseTransport } from './transport-choice.js';
import { version } from './framework-version.js';
import { settlesWithin } from './within.js';

const NO_METRICS = { read: () => 0 };

/**
 * Makes a server; nothing runs before `start`. Several servers may run in one process.
 *
 * ```ts
 * const server = createServer({ module: new URL('app.ts', import.meta.url), port: 0 });
 * try {
 *   const { url } = await server.start();
 *   // ... connect to `url`
 * } finally {
 *   await server.drain(); // a live reactor keeps the process alive
 * }
 * ```
 *
 * @throws HIOLOAD_OPTION_INVALID with a message that names the option, the allowed values, and the
 * value
 */
export function createServer(options: ServerOptions): Server {
  return new Supervisor(resolveServerOptions(options));
}

/** Supervises the reactors of one server from the start to the end. */
class Supervisor implements Server {
  readonly #options: ResolvedServerOptions;
  readonly #clock;
  readonly #log;
  #state: ServerState = 'idle';
  #readyAtMs: number | undefined;
  #plan: Plan | undefined;
  /** The transport of the reactors. Unknown until the first reactor has reported it. */
  #transport: TransportFacts | undefined;
  #crew: ReactorCrew | undefined;
  #admin: AdminServer | undefined;
  #claim: PortClaim | undefined;
  #claiming: Promise<void> | undefined;
  #address: ServerAddress | undefined;
  #started: Promise<ServerAddress> | undefined;
  #drained: Promise<DrainOutcome> | undefined;

  constructor(options: ResolvedServerOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  get state(): ServerState {
    return this.#state;
  }

  get stuck(): readonly number[] {
    return this.#crew?.stuck ?? [];
  }

  start(): Promise<ServerAddress> {
    if (this.#state !== 'idle') {
      return Promise.reject(
        new HioloadError(
          'HIOLOAD_STATE',
          `server: start() must be called once, in the state idle; the state is ${this.#state}`,
        ),
      );
    }
    this.#state = 'starting';
    this.#started = this.#start();
    return this.#started;
  }

  drain(reason = 'asked for', wish: DrainWish = {}): Promise<DrainOutcome> {
    this.#drained ??= this.#drain(reason, wish);
    return this.#drained;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.drain('disposed of');
  }

  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult {
    assertTopic(topic, LIMIT_TABLE.maxTopicBytes.max);
    if (this.#state !== 'ready' || this.#crew === undefined) return publishResult(0, 0);
    return this.#crew.publish(topic, message, options);
  }

  async #start(): Promise<ServerAddress> {
    const { startTimeoutMs } = this.#options;
    const deadline = this.#clock.now() + startTimeoutMs;
    try {
      const boot = this.#boot(deadline);
      if (await settlesWithin(this.#clock, startTimeoutMs, boot)) return await boot;
      // The boot may make more parts before it notices. They are freed when the boot has ended.
      const release = (): Promise<unknown> => this.#release();
      void boot.then(release, release);
      // A reactor that has reported an error may need more time than the deadline to end.
      throw this.#crew?.failure ?? startTimeout(startTimeoutMs, this.#crew?.waiting ?? []);
    } catch (error) {
      this.#state = 'failed';
      // A reactor that still loads its module reads the command to stop after the load.
      await this.#release(deadline - this.#clock.now());
      throw error;
    }
  }

  async #boot(deadline: number): Promise<ServerAddress> {
    const { port } = this.#options;
    await requireModules(this.#options);
    setNativeHeadLimit(this.#options.limits);
    const { wish, expected } = await chooseTransport(this.#options.transport);
    this.#plan = await this.#makePlan(expected);
    announceTranslation(this.#options.module, this.#log);
    this.#requireTime();
    // Whether a module of the user needs a port is known when a reactor has loaded it.
    if (wish.type === 'built-in') await this.#claimPort();
    const adminPort = await this.#startAdmin();
    const listening = await this.#startCrew(this.#plan, wish, deadline);
    // If the network of the transport has no ports, the port of the options stays free.
    if (listening === 0) this.#claim?.release();
    else if (port === 0) await this.#claim?.settle(listening);
    await this.#announceMemory();
    return this.#becomeReady(listening, adminPort);
  }

  /** Claims the port of the options, once. */
  #claimPort(): Promise<void> {
    this.#claiming ??= this.#makeClaim();
    return this.#claiming;
  }

  async #makeClaim(): Promise<void> {
    const { host, port } = this.#options;
    const claim = await claimPort(host, port);
    // A start that has failed meanwhile releases only what it knows.
    if (this.#state === 'failed') claim.release();
    else this.#claim = claim;
    this.#requireTime();
  }

  /** Ends a boot whose start has timed out: nobody would stop the reactors of such a boot. */
  #requireTime(): void {
    if (this.#state === 'failed') throw startTimeout(this.#options.startTimeoutMs, []);
  }

  async #makePlan(transport: TransportFacts): Promise<Plan> {
    const plan = await makePlan(this.#options, transport);
    announcePlan(plan, this.#log);
    return plan;
  }

  /**
   * Starts the reactors. Resolves with their port. The plan has as many reactors as the expected
   * transport allows. If the reactors report a transport that allows another number, the supervisor
   * stops them before they make the transport. It then plans again, and starts other reactors.
   */
  async #startCrew(plan: Plan, wish: TransportWish, deadline: number): Promise<number> {
    const crew = this.#hire(plan, wish);
    try {
      return await crew.start();
    } catch (error) {
      if (!(error instanceof TransportMisfit)) throw error;
      const stuck = await crew.stop(deadline - this.#clock.now());
      if (stuck.length > 0) throw error;
      this.#plan = await this.#makePlan(error.transport);
      return this.#hire(this.#plan, wish).start();
    }
  }

  #hire(
    { topology, placement, pinning, transport, heapMb }: Plan,
    wish: TransportWish,
  ): ReactorCrew {
    this.#requireTime();
    const { host, affinity, isOwnAffinity, reactors, random } = this.#options;
    this.#crew = new ReactorCrew({
      options: this.#options,
      address: this.#claim?.address ?? host,
      transport: wish,
      placement,
      topology,
      affinity: pinning.pinned ? affinity : null,
      isOwnAffinity,
      heapMb,
      clock: this.#clock,
      log: this.#log,
      random,
      onStallLimit: (reactor) => void this.#onStallLimit(reactor),
      agree: async (told) => {
        const suits = reactorsOn(told, reactors) === reactorsOn(transport, reactors);
        if (this.#transport === undefined) {
          const loss = lossOf(wish, told, reactors, topology.allowedCpus.length);
          announceTransport(told, this.#log, loss);
        }
        this.#transport = told;
        if (suits && told.usesPort) await this.#claimPort();
        return suits;
      },
    });
    return this.#crew;
  }

  async #startAdmin(): Promise<number | undefined> {
    const { admin } = this.#options;
    if (admin === null) return undefined;
    const build = { version, node: process.version };
    const status = (): ServerStatus => this.#status();
    this.#admin = new AdminServer({
      vitals: () => ({
        state: this.#state,
        stallLimitMs: this.#options.stallLimitMs,
        reactors: this.#crew?.vitals() ?? [],
      }),
      status,
      allowedHosts: admin.allowedHosts,
      log: this.#log,
      memory: async () => ({
        policy: await memoryPolicy(),
        reactors: (await this.#crew?.memory()) ?? [],
      }),
      metrics: createMetricsPage(status, build),
      facts: () => ({
        ...build,
        pid: process.pid,
        machine: this.#plan?.topology,
        placement: this.#plan?.placement.places,
        exemptions: this.#transport?.exemptions ?? [],
      }),
    });
    return this.#admin.listen(admin.host, admin.port);
  }

  /** With one node, or unpinned threads, the query is skipped unless memory options were set. */
  async #announceMemory(): Promise<void> {
    const { memory: wish } = this.#options;
    const pinned = this.#plan?.pinning.pinned === true;
    if (wish === undefined && (this.#plan?.topology.nodes.length === 1 || !pinned)) return;
    const reports = (await this.#crew?.memory()) ?? [];
    announceMemory({ wish, pinned, policy: await memoryPolicy(), reports }, this.#log);
  }

  #becomeReady(port: number, adminPort: number | undefined): ServerAddress {
    const { host, admin } = this.#options;
    const address = {
      url: port === 0 ? null : `ws://${inUrl(host)}:${port}`,
      adminUrl:
        admin === null || adminPort === undefined
          ? null
          : `http://${inUrl(admin.host)}:${adminPort}`,
      port,
    };
    this.#address = address;
    // If a drain has begun during the start, the drain decides on the state.
    if (this.#state !== 'starting') return address;
    this.#state = 'ready';
    this.#readyAtMs = this.#clock.now();
    const log = this.#log;
    const path = this.#crew?.path ?? '/';
    const { url } = address;
    if (url === null) log.info(`ready: transport ${this.#status().transport}, no port`, { url });
    else log.info(`ready: ${url}${path === '/' ? '' : path}`, { url });
    if (address.adminUrl !== null) {
      log.info(`admin: ${address.adminUrl}/healthz /readyz /metrics /stats.json /memory.json`, {
        url: address.adminUrl,
      });
    }
    return address;
  }

  #status(): ServerStatus {
    return {
      state: this.#state,
      url: this.#address?.url ?? null,
      transport: this.#transport?.name ?? 'none',
      pinned: this.#plan?.pinning.pinned ?? false,
      stallLimitMs: this.#options.stallLimitMs,
      admin: this.#admin?.refusals ?? { hosts: 0, connections: 0 },
      uptimeSeconds:
        this.#readyAtMs === undefined ? 0 : (this.#clock.now() - this.#readyAtMs) / 1_000,
      reactors: this.#crew?.status() ?? [],
      lanes: this.#crew?.lanes() ?? [],
      supervisor: this.#crew?.supervisorMetrics ?? NO_METRICS,
      logLinesLost: this.#log.lostLines() + (this.#crew?.lostLogLines ?? 0),
    };
  }

  /** No thread can close the listener of another one, so only a new process helps. */
  async #onStallLimit(reactor: number): Promise<void> {
    if (this.#state !== 'ready') return;
    const { stallLimitMs, stallAction } = this.#options;
    const what = `reactor ${reactor} has been stalled for ${stallLimitMs} ms, the limit`;
    const fields = { reactor, stallLimitMs };
    if (stallAction === 'report')
      return this.#log.error(`${what}: the health page says 503`, fields);
    this.#log.error(`${what}: the process drains and ends`, fields);
    await this.drain(`reactor ${reactor} is stalled`);
    endStalledProcess(this.#transport?.name, this.#log);
  }

  async #drain(reason: string, { closeAdmin = false }: DrainWish): Promise<DrainOutcome> {
    const log = this.#log;
    if (this.#state === 'idle') this.#state = 'stopped';
    if (this.#state === 'failed' || this.#state === 'stopped') return { cut: 0, stuck: this.stuck };
    this.#state = 'draining';
    const started = this.#clock.now();
    const { spreadMs, deadlineMs } = this.#options.drain;
    log.info(`draining: ${reason}`, { connections: this.#crew?.connections() ?? 0, deadlineMs });
    if (closeAdmin) this.#admin?.close();
    // The drain waits for reactors that still start, so that they end in order.
    await this.#started?.catch(() => undefined);
    const crew = this.#crew;
    const port = this.#address?.port;
    if (crew === undefined || port === undefined) return { cut: 0, stuck: await this.#release() };
    const goodbye = {
      code: CloseCode.GoingAway,
      reason: 'server shuts down',
      spreadMs,
      deadlineMs,
    };
    const drained = crew.drain(goodbye);
    // The reactors stop listening now. From here on a bind tells who listens on the port. A reactor
    // that still starts may listen once more, so the claim stays until such a reactor has ended.
    if (crew.waiting.length === 0) this.#claim?.release();
    await settlesWithin(this.#clock, deadlineMs, drained);
    const leftMs = (): number => started + deadlineMs - this.#clock.now();
    const cut = crew.connections();
    await awaitFarewell(port, leftMs());
    const stuck = await this.#release(leftMs());
    this.#state = 'stopped';
    log.info('stopped', { cut, stuck, tookMs: Math.round(this.#clock.now() - started) });
    return { cut, stuck };
  }

  /**
   * Ends the reactors, the admin pages and the port claim, in the reverse order of their start.
   * Resolves with the reactors that did not end.
   */
  async #release(limitMs = 0): Promise<readonly number[]> {
    const stuck = (await this.#crew?.stop(limitMs)) ?? [];
    this.#admin?.close();
    this.#claim?.release();
    return stuck;
  }
}

/** The form of a host in a URL (RFC 3986 section 3.2.2). */
function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

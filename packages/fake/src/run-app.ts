// Runs an application in a test, on the fake transport and with fake time.
import {
  type AppContext,
  type AppDefinition,
  assertTopic,
  CloseCode,
  CONN_SEQUENCE_BITS,
  DEFAULT_LIMITS,
  HioloadError,
  type Limits,
  type PublishResult,
  publishResult,
  type Sendable,
  type SendOptions,
  textOfThrown,
  type Topic,
} from '@hioload/api';
import { FakeAdmission } from './admission.js';
import { FakeBus, type FakeBusEnd } from './bus.js';
import { capture } from './captured.js';
import { FakeClock } from './clock.js';
import type { FakeConnectOptions } from './fake-handshake.js';
import type { HookFault } from './hub.js';
import { FakeLogger } from './logger.js';
import { FakeMetrics } from './metrics.js';
import type { FakePeer } from './peer.js';
import type { FakeAnswer, FakeRequest } from './plain-request.js';
import { fakeTransportOptions, FakeTransport } from './transport.js';

export interface RunAppOptions {
  /** Limits of the operator. They win over the limits of the application. */
  readonly limits?: Partial<Limits>;
  /** The number of the reactor that runs the application. Default: 0. */
  readonly reactor?: number;
  readonly reactors?: number;
  /**
   * The bus that connects this application with others, each on its own reactor. Default: a new
   * bus.
   */
  readonly bus?: FakeBus;
}

/** An application that runs on a fake transport, with all of its surroundings. */
export class AppHarness<Data> {
  readonly clock = new FakeClock();
  readonly log = new FakeLogger();
  readonly metrics = new FakeMetrics();
  readonly admission = new FakeAdmission();
  readonly transport: FakeTransport<Data>;
  /** The context that the `start` and `stop` hooks of the application get. */
  readonly context: AppContext;
  readonly #app: AppDefinition<Data>;
  readonly #limits: Limits;
  readonly #bus: FakeBus;
  readonly #end: FakeBusEnd;
  #stopped: Promise<void> | undefined;

  /** Harnesses are made by {@link runApp}. */
  constructor(app: AppDefinition<Data>, options: RunAppOptions) {
    const { metrics, admission, clock, log } = this;
    const { reactor = 0, reactors = 1, bus = new FakeBus() } = options;
    this.#app = app;
    this.#limits = { ...DEFAULT_LIMITS, ...app.limits, ...options.limits };
    this.#bus = bus;
    const end = bus.join({ reactor, limits: this.#limits, metrics, log });
    this.#end = end;
    this.transport = new FakeTransport(
      fakeTransportOptions<Data>({
        handlers: app,
        path: app.path ?? '/',
        protocols: app.protocols ?? [],
        allowedOrigins: app.allowedOrigins ?? [],
        pages: new Map(Object.entries(app.pages ?? {})),
        limits: this.#limits,
        whenBufferFull: app.whenBufferFull ?? 'drop',
        admission,
        metrics,
        firstConnId: reactor * 2 ** CONN_SEQUENCE_BITS + 1,
        uplink: end.uplink,
      }),
      { clock },
    );
    end.attach(this.transport);
    this.context = {
      reactor,
      reactors,
      log,
      publish: (topic, message, sendOptions) => end.publish(topic, message, sendOptions),
      send: (id, message, sendOptions) => end.send(id, message, sendOptions),
      end: (id, code, reason) => end.end(id, code, reason),
      subscribe: (topic, listener) => end.subscribe(topic, listener),
    };
  }

  /**
   * The reported faults of hooks, oldest first. A test that expects no fault checks that the list
   * is empty.
   */
  get faults(): readonly HookFault<Data>[] {
    return this.transport.faults;
  }

  /** Makes a peer. Its `state` says whether the server accepted the peer. */
  connect(options?: FakeConnectOptions): FakePeer<Data> {
    return this.transport.connect(options);
  }

  /** Requests a page. Returns undefined if nobody listens. */
  request(request: FakeRequest): FakeAnswer | undefined {
    return this.transport.request(request);
  }

  /**
   * Publishes as another reactor would: to the connections and the listeners of the application.
   */
  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult {
    assertTopic(topic, this.#limits.maxTopicBytes);
    const captured = capture(message, options);
    if (!this.#bus.takes(captured)) return publishResult(0, this.#end.wants(topic) ? 1 : 0);
    return publishResult(this.#end.receive(topic, captured) ? 1 : 0, 0);
  }

  /** Drains and stops: peers see 1001, then the `stop` hook runs. Idempotent. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.transport.stopListening();
    this.transport.forEachConnection((conn) => conn.end(CloseCode.GoingAway));
    this.transport.close();
    await this.#app.stop?.(this.context);
    this.#bus.leave(this.#end);
  }
}

/**
 * Runs an application in memory: its `start` hook, then a transport that peers connect to.
 *
 * ```ts
 * const app = await runApp(chat);
 * const ada = app.connect({ path: '/?room=1' });
 * const bob = app.connect({ path: '/?room=1' });
 * ada.send('hello');
 * expect(bob.texts).toEqual(['hello']);
 * await app.stop();
 * ```
 *
 * @throws HIOLOAD_MODULE_FAILED (as a rejection) if the start hook fails; its error is the cause
 */
export async function runApp<Data>(
  definition: AppDefinition<Data>,
  options: RunAppOptions = {},
): Promise<AppHarness<Data>> {
  const harness = new AppHarness(definition, options);
  try {
    await definition.start?.(harness.context);
  } catch (cause) {
    const reason = textOfThrown(cause);
    throw new HioloadError('HIOLOAD_MODULE_FAILED', `the start hook failed: ${reason}`, { cause });
  }
  await harness.transport.listen({ host: '127.0.0.1', port: 0, shared: false });
  return harness;
}

import {
  type ConnectionHandlers,
  DEFAULT_LIMITS,
  type ErrorCode,
  type Limits,
  type Transport,
  type TransportOptions,
  type WebSocketConn,
} from '@hioload/api';
import { FakeAdmission, FakeMetrics } from '@hioload/fake';
import { expect } from 'vitest';
import { eventually } from './eventually.js';
import type {
  HandshakeOutcome,
  Knock,
  KnockOptions,
  Peer,
  PlainAnswer,
  PlainRequest,
  TransportHarness,
} from './harness.js';

export interface ServeOptions extends Partial<
  Omit<TransportOptions, 'handlers' | 'limits' | 'admission' | 'metrics'>
> {
  readonly limits?: Partial<Limits>;
}

/** One fault that the transport told of. */
export interface Fault {
  readonly code: ErrorCode;
  /** What the hook threw. */
  readonly cause: unknown;
  readonly conn: WebSocketConn | undefined;
  /** The state of the connection at that moment. */
  readonly state: string | undefined;
}

/** A transport that serves, and what was noted about it. */
export class Server {
  readonly transport: Transport;
  readonly admission: FakeAdmission;
  readonly metrics: FakeMetrics;
  readonly faults: readonly Fault[];
  /** Connections in the order in which they were opened. */
  readonly opened: readonly WebSocketConn[];
  port = 0;
  readonly #harness: TransportHarness;

  constructor(
    harness: TransportHarness,
    parts: Pick<Server, 'transport' | 'admission' | 'metrics' | 'faults' | 'opened'>,
  ) {
    this.#harness = harness;
    this.transport = parts.transport;
    this.admission = parts.admission;
    this.metrics = parts.metrics;
    this.faults = parts.faults;
    this.opened = parts.opened;
  }

  /** Starts a handshake. */
  knock(options: KnockOptions = {}): Knock {
    return this.#harness.driver.knock(this.transport, this.port, options);
  }

  /** Asks for something else than a WebSocket. */
  request(request: PlainRequest): Promise<PlainAnswer> {
    return this.#harness.driver.request(this.transport, this.port, request);
  }

  /** Makes a handshake that has to be accepted. */
  async connect(options: KnockOptions = {}): Promise<Peer> {
    const outcome = await this.knock(options).outcome;
    if (outcome.kind !== 'open')
      throw new Error(`the handshake was answered with ${JSON.stringify(outcome)}`);
    return outcome.peer;
  }

  /** Makes a peer and hands out both ends of its connection. Not while another one connects. */
  async connectBoth(
    options: KnockOptions = {},
  ): Promise<{ readonly peer: Peer; readonly conn: WebSocketConn }> {
    const before = this.opened.length;
    const peer = await this.connect(options);
    await eventually('the connection is open on the server too', () => this.opened.length > before);
    return { peer, conn: this.opened[before]! };
  }

  /** Makes a handshake that has to be refused. */
  async refusal(
    options: KnockOptions = {},
  ): Promise<Extract<HandshakeOutcome, { kind: 'refused' }>> {
    const outcome = await this.knock(options).outcome;
    if (outcome.kind !== 'refused')
      throw new Error(`the handshake was not refused, it is ${outcome.kind}`);
    return outcome;
  }
}

/** One case: a harness, and the servers that were started on it. */
export class Scene {
  readonly harness: TransportHarness;
  readonly #transports: Transport[] = [];

  constructor(harness: TransportHarness) {
    this.harness = harness;
  }

  /** Builds a transport that does not listen yet. */
  async build(handlers: ConnectionHandlers = {}, options: ServeOptions = {}): Promise<Server> {
    const admission = new FakeAdmission();
    const metrics = new FakeMetrics();
    const faults: Fault[] = [];
    const opened: WebSocketConn[] = [];
    const transport = await this.harness.build({
      path: '/',
      protocols: [],
      allowedOrigins: [],
      whenBufferFull: 'drop',
      firstConnId: 1,
      onFault: (error, conn) =>
        faults.push({ code: error.code, cause: error.cause, conn, state: conn?.state }),
      ...options,
      admission,
      metrics,
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      handlers: {
        ...handlers,
        open: (conn) => {
          opened.push(conn);
          return handlers.open?.(conn);
        },
      },
    });
    this.#transports.push(transport);
    return new Server(this.harness, { transport, admission, metrics, faults, opened });
  }

  /** Builds a transport and has it listen on a free port. */
  async serve(handlers: ConnectionHandlers = {}, options: ServeOptions = {}): Promise<Server> {
    const server = await this.build(handlers, options);
    server.port = await server.transport.listen({ host: '127.0.0.1', port: 0, shared: false });
    return server;
  }

  async dispose(): Promise<void> {
    for (const transport of this.#transports) transport.close();
    await this.harness.dispose();
  }
}

/** What a case does; it ends by itself, and is cleaned up after. */
export type ContractCase = (scene: Scene) => Promise<void>;

/** Cases by what they demand. */
export type CaseGroup = Readonly<Record<string, ContractCase>>;

/** Messages of a peer, decoded. */
export function textsOf(peer: Peer): string[] {
  return peer.received.map(({ bytes }) => Buffer.from(bytes).toString());
}

/** Waits until a peer has received so many messages. */
export function hasReceived(peer: Peer, count: number): Promise<void> {
  return eventually(`${count} messages have arrived`, () => peer.received.length >= count);
}

/** Waits for the end of a connection as its peer sees it. */
export async function closeOf(
  peer: Peer,
): Promise<{ readonly code: number; readonly reason: string }> {
  await eventually('the peer sees the end of the connection', () => peer.closedWith !== undefined);
  return peer.closedWith!;
}

/** Expects a call to throw an error of the framework. */
export function expectCode(code: ErrorCode, call: () => unknown): void {
  expect(call).toThrow(expect.objectContaining({ name: 'HioloadError', code }));
}

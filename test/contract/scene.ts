// The scene of one case of the transport contract: servers, peers and notes.
import {
  type ConnectionHandlers,
  type ErrorCode,
  type Transport,
  type TransportOptions,
  type WebSocketConn,
} from '@hioload/api';
import type { FakeAdmission, FakeMetrics } from '@hioload/fake';
import {
  buildTransport,
  type BuiltTransport,
  type Fault,
  listen,
  type TransportSettings,
} from '@hioload/test-support/servers';
import { eventually } from '@hioload/test-support/waiting';
import { expect } from 'vitest';
import type {
  HandshakeOutcome,
  Knock,
  KnockOptions,
  Peer,
  PlainAnswer,
  PlainRequest,
  TransportHarness,
} from './harness.js';

export type ServeOptions = Omit<
  TransportSettings<TransportOptions>,
  'handlers' | 'admission' | 'metrics'
>;

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

  constructor(harness: TransportHarness, built: BuiltTransport, opened: readonly WebSocketConn[]) {
    this.#harness = harness;
    this.transport = built.transport;
    this.admission = built.admission;
    this.metrics = built.metrics;
    this.faults = built.faults;
    this.opened = opened;
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
    const opened: WebSocketConn[] = [];
    const built = await buildTransport(this.harness.build, {
      ...options,
      handlers: {
        ...handlers,
        open: (conn) => {
          opened.push(conn);
          return handlers.open?.(conn);
        },
      },
    });
    this.#transports.push(built.transport);
    return new Server(this.harness, built, opened);
  }

  /** Builds a transport and has it listen on a free port. */
  async serve(handlers: ConnectionHandlers = {}, options: ServeOptions = {}): Promise<Server> {
    const server = await this.build(handlers, options);
    server.port = await listen(server.transport);
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

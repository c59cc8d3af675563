// Test support: several reactors with the pubsub application in one process.
import type { Limits } from '@hioload/api';
import { type AppHarness, FakeBus, type FakePeer, runApp } from '@hioload/fake';
import { vi } from 'vitest';
import { type ConnData, pubsub } from '../src/app.js';
import type { Reply } from '../src/protocol/replies.js';
import { QuotaBook } from '../src/tenants/quotas.js';

/** One reactor of a cluster. */
export type Node = AppHarness<ConnData>;

/** Reactors of one process that use the fake timers of vitest. */
export class Cluster {
  readonly bus = new FakeBus();
  readonly #quotas: QuotaBook;
  readonly #limits: Partial<Limits>;

  constructor(quotas = '{}', limits: Partial<Limits> = {}) {
    this.#quotas = QuotaBook.parse(quotas);
    this.#limits = limits;
  }

  /** Starts a reactor. */
  start(reactor: number, reactors = 2): Promise<Node> {
    return runApp(pubsub(this.#quotas), { bus: this.bus, limits: this.#limits, reactor, reactors });
  }
}

/** Starts the given number of reactors, and lets them meet. */
export async function startNodes(
  count: number,
  quotas?: string,
  limits?: Partial<Limits>,
): Promise<{ cluster: Cluster; nodes: Node[] }> {
  const cluster = new Cluster(quotas, limits);
  const nodes: Node[] = [];
  for (let reactor = 0; reactor < count; reactor++) nodes.push(await cluster.start(reactor, count));
  pass(200);
  return { cluster, nodes };
}

/** Lets time pass. */
export function pass(ms: number): void {
  vi.advanceTimersByTime(ms);
}

/** A client that speaks the protocol. */
export class Client {
  readonly peer: FakePeer<ConnData>;
  #read = 0;

  constructor(node: Node, tenant = 'acme') {
    this.peer = node.connect({ path: `/rooms/${tenant}` });
    if (this.peer.state !== 'open')
      throw new Error(`refused: ${JSON.stringify(this.peer.refusal)}`);
  }

  /** Sends a request. */
  tell(request: object): void {
    this.peer.send(JSON.stringify(request));
  }

  /** Sends a request; returns all replies that came since the last look. */
  ask(request: object): Reply[] {
    this.tell(request);
    return this.news();
  }

  /** Joins a room. */
  join(room: string, name = 'Ada', more: object = {}): Reply[] {
    return this.ask({ type: 'join', room, name, ...more });
  }

  /** Says a text in a room. */
  say(room: string, text: string, more: object = {}): Reply[] {
    return this.ask({ type: 'say', room, text, ...more });
  }

  /** The replies that came since the last look. */
  news(): Reply[] {
    const texts = this.peer.texts.slice(this.#read);
    this.#read += texts.length;
    return texts.map((text) => JSON.parse(text) as Reply);
  }

  /** The last number of people of a room that the client got. */
  people(room: string): number | undefined {
    const replies = this.peer.texts.map((text) => JSON.parse(text) as Reply);
    return replies
      .flatMap((reply) => ('people' in reply && reply.room === room ? reply.people : []))
      .at(-1);
  }
}

// A client that follows the figures which the server publishes during a storm.
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { addCounters, type Counters, newCounters } from '../figures/counters.js';
import type { Figures } from '../figures/feed.js';

const POLL_MS = 20;

/** Follows the figures of some tenants that the server publishes. */
export class FiguresWatch {
  readonly #socket: WebSocket;
  readonly #latest = new Map<string, { readonly figures: Figures; readonly atMs: number }>();
  #before: ReadonlyMap<string, Figures> = new Map();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    // After any error of the connection no more figures come.
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      const figures = JSON.parse(data.toString()) as Figures;
      this.#latest.set(figures.life, { figures, atMs: performance.now() });
    });
  }

  /**
   * Connects, and takes the present figures as the start of the count. @throws if they do not come
   * in time
   */
  static async open(url: string, patienceMs: number): Promise<FiguresWatch> {
    const socket = new WebSocket(`${url}/figures`, { perMessageDeflate: false });
    const watch = new FiguresWatch(socket);
    await once(socket, 'open').catch((cause: Error) => {
      throw new Error(`${url}/figures: ${cause.message}`, { cause });
    });
    if (!(await watch.fresh(patienceMs)))
      throw new Error(`${url} publishes no figures: is it this application?`);
    watch.#before = new Map([...watch.#latest].map(([life, { figures }]) => [life, figures]));
    return watch;
  }

  /** The number of reactors that serve. */
  get reactors(): number {
    return this.#latest.values().next().value?.figures.reactors ?? 0;
  }

  /**
   * Whether the reactors are the same as at the start. A replacement counts from 0, and the losses
   * of the reactor before it are unknown.
   */
  get isUnbroken(): boolean {
    return (
      this.#latest.size === this.#before.size &&
      [...this.#latest.keys()].every((life) => this.#before.has(life))
    );
  }

  /**
   * Waits until every reactor has published figures from after this call. @returns whether they
   * came in time
   */
  async fresh(patienceMs: number): Promise<boolean> {
    const sinceMs = performance.now();
    while (performance.now() - sinceMs < patienceMs) {
      const current = [...this.#latest.values()].filter(({ atMs }) => atMs > sinceMs).length;
      if (current > 0 && current >= this.reactors) return true;
      await delay(POLL_MS);
    }
    return false;
  }

  /** The counts of some tenants since the start, on all reactors. */
  counted(tenants: ReadonlySet<string>): Counters {
    const sum = newCounters();
    for (const [life, { figures }] of this.#latest) {
      addCounters(sum, sumOf(figures, tenants));
      const before = this.#before.get(life);
      if (before === undefined) continue;
      const former = sumOf(before, tenants);
      for (const name of Object.keys(sum) as (keyof Counters)[]) sum[name] -= former[name];
    }
    return sum;
  }

  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }
}

function sumOf(figures: Figures, tenants: ReadonlySet<string>): Counters {
  const sum = newCounters();
  for (const tenant of figures.tenants) if (tenants.has(tenant.name)) addCounters(sum, tenant);
  return sum;
}

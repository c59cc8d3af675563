/** The HTTP server of the admin pages: health, metrics and figures. */
import { HISTOGRAMS, METRIC_SERIES, type Metrics } from '@hioload/api';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MetricsTotals } from '@hioload/pool';
import { portError } from './port-claim.js';
import { type Health, liveness, readiness, type ServerStatus, SUPERVISOR_CELLS } from './status.js';

/** What the admin pages show. */
export interface AdminSources {
  status(): ServerStatus;
  /** Where the memory of the reactors lies. */
  memory(): unknown;
  readonly metrics: { readonly contentType: string; render(): Promise<string> };
  /** What does not change once the server is ready: machine, placement, versions. */
  facts(): Readonly<Record<string, unknown>>;
}

/** Health, metrics and figures over HTTP, for orchestrators and people; it only reads. */
export class AdminServer {
  readonly #server: Server;

  constructor({ status, memory, metrics, facts }: AdminSources) {
    const pages = new Map<string, (response: ServerResponse) => void | Promise<void>>([
      ['/healthz', (response) => sendHealth(response, liveness(status()))],
      ['/readyz', (response) => sendHealth(response, readiness(status()))],
      [
        '/metrics',
        async (response) => send(response, 200, metrics.contentType, await metrics.render()),
      ],
      ['/stats.json', (response) => sendJson(response, 200, { ...facts(), ...figures(status()) })],
      // On a page of its own, because the kernel walks through the memory of the process for it.
      ['/memory.json', (response) => sendJson(response, 200, memory())],
    ]);
    this.#server = createServer((request, response) => {
      const page = pages.get(pathOf(request.url));
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.setHeader('Allow', 'GET, HEAD');
        return sendJson(response, 405, { error: 'the method must be GET or HEAD' });
      }
      if (page === undefined)
        return sendJson(response, 404, { error: 'no such page', pages: [...pages.keys()] });
      // The promise catches errors that a page throws at once, too.
      Promise.resolve(response)
        .then(page)
        .catch((error: unknown) => sendJson(response, 500, { error: String(error) }));
    });
  }

  /**
   * Starts to answer; resolves with the port. @throws HIOLOAD_PORT_IN_USE,
   * HIOLOAD_ADDRESS_UNAVAILABLE
   */
  async listen(host: string, port: number): Promise<number> {
    this.#server.listen({ host, port, exclusive: true });
    try {
      await once(this.#server, 'listening');
    } catch (cause) {
      throw portError(cause, `${host}:${port}`, 'adminPort', port);
    }
    return (this.#server.address() as AddressInfo).port;
  }

  /** Stops to answer. Idempotent. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** The path of a request target. A client may send any text as a target, not only a URL. */
function pathOf(target = '/'): string {
  return target.split('?', 1)[0] ?? '';
}

function sendHealth(response: ServerResponse, { ok, reason }: Health): void {
  sendJson(response, ok ? 200 : 503, { status: ok ? 'ok' : 'unavailable', reason });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, 'application/json; charset=utf-8', `${JSON.stringify(body)}\n`);
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { 'Content-Type': contentType, 'Cache-Control': 'no-store' });
  response.end(body);
}

function figures({ reactors, supervisor, ...server }: ServerStatus): object {
  return {
    ...server,
    supervisor: { series: series(supervisor, SUPERVISOR_CELLS) },
    reactors: reactors.map(({ totals, ...reactor }) => ({
      ...reactor,
      series: series(totals, METRIC_SERIES.keys()),
      histograms: histograms(totals),
    })),
  };
}

function series(counters: Pick<Metrics, 'read'>, cells: Iterable<number>): Record<string, number> {
  const named = Array.from(cells, (cell) => {
    const { metric, labels } = METRIC_SERIES[cell]!;
    const inBraces = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
    return [
      inBraces.length === 0 ? metric : `${metric}{${inBraces.join(',')}}`,
      counters.read(cell),
    ] as const;
  });
  return Object.fromEntries(named);
}

/**
 * The buckets as pairs of upper bound and count. JSON keeps the order of a list, and `null` stands
 * for the bucket without a bound.
 */
function histograms(totals: MetricsTotals): Record<string, object> {
  return Object.fromEntries(
    HISTOGRAMS.map(({ metric, bounds }, histogram) => {
      const { buckets, sum } = totals.histogram(histogram);
      return [metric, { sum, buckets: buckets.map((count, i) => [bounds[i] ?? null, count]) }];
    }),
  );
}

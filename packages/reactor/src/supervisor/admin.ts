/** The HTTP server of the admin pages: health, metrics and figures. */
import { HISTOGRAMS, METRIC_SERIES, type Metrics } from '@hioload/api';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MetricsTotals } from '@hioload/pool';
import { portError } from './port-errors.js';
import { type Health, liveness, readiness, type ServerStatus, SUPERVISOR_CELLS } from './status.js';

/** The sources of the admin pages. */
export interface AdminSources {
  status(): ServerStatus;
  /** The nodes that the memory of the reactors lies on. */
  memory(): unknown;
  readonly metrics: { readonly contentType: string; render(): Promise<string> };
  /** Facts that do not change after the start: machine, placement and versions. */
  facts(): Readonly<Record<string, unknown>>;
}

/** Serves health, metrics and figures over HTTP. It changes nothing in the server. */
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
      // Memory has its own page: the kernel walks through the memory of the process to answer.
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
      // The promise also catches an error that a page throws before its first await.
      Promise.resolve(response)
        .then(page)
        .catch((error: unknown) => sendJson(response, 500, { error: String(error) }));
    });
  }

  /**
   * Listens. Resolves with the port.
   * @throws HIOLOAD_PORT_IN_USE, HIOLOAD_ADDRESS_UNAVAILABLE (as a rejection)
   */
  async listen(host: string, port: number): Promise<number> {
    this.#server.listen({ host, port, exclusive: true });
    try {
      await once(this.#server, 'listening');
    } catch (cause) {
      throw portError(cause, host, port, 'admin.port');
    }
    return (this.#server.address() as AddressInfo).port;
  }

  /** Closes the server and its connections. A second call does nothing. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** The path of a request target. A client may send any text as a target, not only a URL. */
function pathOf(target = '/'): string {
  return target.split('?', 1)[0] ?? '';
}

function sendHealth(response: ServerResponse, { ok, ...facts }: Health): void {
  sendJson(response, ok ? 200 : 503, { status: ok ? 'ok' : 'unavailable', ...facts });
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
 * The histograms, with each bucket as a pair of upper bound and count. The pairs are a list because
 * JSON keeps the order of a list. The last bucket has the bound `null`: it has no upper bound.
 */
function histograms(totals: MetricsTotals): Record<string, object> {
  return Object.fromEntries(
    HISTOGRAMS.map(({ metric, bounds }, histogram) => {
      const { buckets, sum } = totals.histogram(histogram);
      return [metric, { sum, buckets: buckets.map((count, i) => [bounds[i] ?? null, count]) }];
    }),
  );
}

/** The HTTP server of the admin pages: health, metrics and figures. */
import { HISTOGRAMS, type Logger, METRIC_SERIES, type Metrics, textOfThrown } from '@hioload/api';
import type { MetricsTotals } from '@hioload/pool';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type HostRefusal, refusalOfHost } from './admin-hosts.js';
import { portError } from './port-errors.js';
import { RenderedPage } from './rendered-page.js';
import {
  type AdminRefusals,
  type Health,
  liveness,
  readiness,
  type ServerStatus,
  type ServerVitals,
  SUPERVISOR_CELLS,
} from './status.js';

/** Connections at a time. One more takes the place of the oldest one. */
const MAX_CONNECTIONS = 128;
const MAX_HEAD_BYTES = 8_192;
/** The time for a request to arrive, for a client to read, and for an idle connection. */
const PATIENCE_MS = 10_000;
/** Least time between two log lines about refused hosts. */
const LINE_EVERY_MS = 60_000;

/** How often a second each page is rendered at most. */
const METRICS_PER_SECOND = 10;
const FIGURES_PER_SECOND = 10;
/** The kernel walks through the memory of the process to answer. */
const MEMORY_PER_SECOND = 1;

/** The sources of the admin pages. */
export interface AdminSources {
  /** The states of server and reactors. Must only read values: health is asked for often. */
  vitals(): ServerVitals;
  status(): ServerStatus;
  /** The nodes that the memory of the reactors lies on. Must not stall the thread. */
  memory(): Promise<unknown>;
  readonly metrics: { readonly contentType: string; render(): Promise<string> };
  /** Facts that do not change after the start: machine, placement and versions. */
  facts(): Readonly<Record<string, unknown>>;
  /** Hosts that requests may name, besides numeric addresses and loopback names. */
  readonly allowedHosts: readonly string[];
  readonly log: Pick<Logger, 'warn'>;
}

type Page = (response: ServerResponse) => void | Promise<void>;

/** Serves health, metrics and figures over HTTP. It changes nothing in the server. */
export class AdminServer {
  readonly #server: Server;
  readonly #sources: AdminSources;
  readonly #pages: ReadonlyMap<string, Page>;
  /** The open connections, the oldest one first. */
  readonly #sockets = new Set<Socket>();
  #refusedHosts = 0;
  #displaced = 0;
  #nextLineMs = 0;

  constructor(sources: AdminSources) {
    const { vitals, status, memory, metrics, facts } = sources;
    this.#sources = sources;
    this.#pages = new Map<string, Page>([
      ['/healthz', (response) => sendHealth(response, liveness(vitals()))],
      ['/readyz', (response) => sendHealth(response, readiness(vitals()))],
      ['/metrics', page(metrics.contentType, () => metrics.render(), METRICS_PER_SECOND)],
      [
        '/stats.json',
        page(JSON_TYPE, () => line({ ...facts(), ...figures(status()) }), FIGURES_PER_SECOND),
      ],
      ['/memory.json', page(JSON_TYPE, async () => line(await memory()), MEMORY_PER_SECOND)],
    ]);
    const options = {
      maxHeaderSize: MAX_HEAD_BYTES,
      headersTimeout: PATIENCE_MS,
      requestTimeout: PATIENCE_MS,
      keepAliveTimeout: PATIENCE_MS,
      connectionsCheckingInterval: 1_000,
    };
    this.#server = createServer(options, (request, response) => this.#answer(request, response));
    // A client that does not read its answer is cut.
    this.#server.setTimeout(PATIENCE_MS);
    this.#server.on('connection', (socket) => this.#admit(socket));
  }

  /** What the server has refused since its start. */
  get refusals(): AdminRefusals {
    return { hosts: this.#refusedHosts, connections: this.#displaced };
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

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const refusal = refusalOfHost(request, this.#sources.allowedHosts);
    if (refusal !== undefined) return this.#refuse(response, refusal);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return sendJson(response, 405, { error: 'the method must be GET or HEAD' });
    }
    const page = this.#pages.get(pathOf(request.url));
    if (page === undefined)
      return sendJson(response, 404, { error: 'no such page', pages: [...this.#pages.keys()] });
    // The promise also catches an error that a page throws before its first await.
    Promise.resolve(response)
      .then(page)
      .catch((error: unknown) => sendJson(response, 500, { error: textOfThrown(error) }));
  }

  #refuse(response: ServerResponse, { status, error }: HostRefusal): void {
    this.#refusedHosts++;
    const nowMs = performance.now();
    if (nowMs >= this.#nextLineMs) {
      this.#nextLineMs = nowMs + LINE_EVERY_MS;
      this.#sources.log.warn(`admin: a request was refused: ${error}`);
    }
    sendJson(response, status, { error });
  }

  /** Takes a connection. Whoever holds connections without end must not keep health away. */
  #admit(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    if (this.#sockets.size <= MAX_CONNECTIONS) return;
    const [oldest] = this.#sockets;
    if (oldest === undefined) return;
    this.#displaced++;
    this.#sockets.delete(oldest);
    oldest.destroy();
  }

  /** Closes the server and its connections. A second call does nothing. */
  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** A page that is rendered anew at most `perSecond` times a second. */
function page(
  contentType: string,
  render: () => string | Promise<string>,
  perSecond: number,
): Page {
  const rendered = new RenderedPage(render, perSecond);
  return async (response) => send(response, 200, contentType, await rendered.body());
}

/** The path of a request target. A client may send any text as a target, not only a URL. */
function pathOf(target = '/'): string {
  return target.replace(/^https?:\/\/[^/?#]*/i, '').split('?', 1)[0] ?? '';
}

function sendHealth(response: ServerResponse, { ok, ...facts }: Health): void {
  sendJson(response, ok ? 200 : 503, { status: ok ? 'ok' : 'unavailable', ...facts });
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, JSON_TYPE, line(body));
}

const JSON_TYPE = 'application/json; charset=utf-8';

function line(body: unknown): string {
  return `${JSON.stringify(body)}\n`;
}

function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string | Buffer,
): void {
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

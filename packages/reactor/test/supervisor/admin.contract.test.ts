// Tests of the admin pages: health, readiness and metrics.
import { closedMetric, Histogram, Metric } from '@hioload/api';
import { MetricsBlock, MetricsTotals } from '@hioload/pool';
import { EventEmitter, once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AdminServer, type AdminSources } from '../../src/supervisor/admin.js';
import { createMetricsPage } from '../../src/supervisor/prometheus.js';
import type { ServerState, ServerStatus } from '../../src/supervisor/status.js';

let admin: AdminServer;
let url: string;
let state: ServerState;
let lines: string[];
const block = MetricsBlock.allocate();
block.add(Metric.Connections, 3);
block.add(Metric.MessagesIn, 42);
block.add(closedMetric(1001), 7);
block.observe(Histogram.LoopDelay, 0.002);
block.observe(Histogram.LoopDelay, 9);

function status(): ServerStatus {
  const totals = new MetricsTotals().include(block);
  const reactor = {
    reactor: 0,
    state: 'ready',
    stalled: false,
    stalledMs: 0,
    memoryShort: false,
    stalls: 3,
    cpus: [2, 3],
    node: 1,
    threadId: 77,
  } as const;
  return {
    state,
    url: 'ws://127.0.0.1:9001',
    transport: 'uws',
    pinned: true,
    supervisor: { read: () => 0 },
    logLinesLost: 3,
    lanes: [{ from: '1', to: '0', depthBytes: 640, full: 5 }],
    uptimeSeconds: 1.5,
    stallLimitMs: 30_000,
    admin: { hosts: 4, connections: 0 },
    reactors: [
      { ...reactor, loop: 'park', restarts: 2, lastError: 'it fell', heapLimitMb: 64, totals },
    ],
  };
}

const memory = (): Promise<unknown> => Promise.resolve({ policy: 'bind:1', reactors: [] });

function sources(others: Partial<AdminSources> = {}): AdminSources {
  return {
    vitals: status,
    status,
    memory,
    metrics: createMetricsPage(status, { version: '1.2.3' }),
    facts: () => ({ pid: 99 }),
    allowedHosts: ['stats.example.org', '*.example.com'],
    log: { warn: (line) => void lines.push(line) },
    ...others,
  };
}

beforeEach(async () => {
  state = 'ready';
  lines = [];
  admin = new AdminServer(sources());
  url = `http://127.0.0.1:${await admin.listen('127.0.0.1', 0)}`;
});
afterEach(() => admin.close());

describe('the admin pages', () => {
  it('answer 200 when healthy and ready, and 503 on readiness alone while draining', async () => {
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    state = 'draining';
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const readyz = await fetch(`${url}/readyz`);
    expect(readyz.status).toBe(503);
    expect(await readyz.json()).toEqual({ status: 'unavailable', reason: 'draining' });
  });

  it('show every series in the format of Prometheus', async () => {
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const lines = (await response.text()).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        '# TYPE ws_connections gauge',
        'ws_connections{reactor="0"} 3',
        'ws_lane_full_total{from="1",to="0"} 5',
        'ws_lane_depth_bytes{from="1",to="0"} 640',
        'ws_bus_messages_total{reactor="supervisor",direction="out"} 0',
        '# TYPE ws_messages_total counter',
        'ws_messages_total{reactor="0",direction="in"} 42',
        'ws_messages_total{reactor="0",direction="out"} 0',
        'ws_connections_closed_total{reactor="0",code="1001"} 7',
        'ws_upgrades_rejected_total{reactor="0",reason="origin"} 0',
        '# TYPE ws_loop_delay_seconds histogram',
        'ws_loop_delay_seconds_bucket{reactor="0",le="0.001"} 0',
        'ws_loop_delay_seconds_bucket{reactor="0",le="0.0025"} 1',
        'ws_loop_delay_seconds_bucket{reactor="0",le="2.5"} 1',
        'ws_loop_delay_seconds_bucket{reactor="0",le="+Inf"} 2',
        'ws_loop_delay_seconds_count{reactor="0"} 2',
        'ws_reactor_restarts_total{reactor="0"} 2',
        'ws_reactor_up{reactor="0"} 1',
        'ws_admin_refused_total{reason="host"} 4',
        'ws_reactor_stalled_seconds{reactor="0"} 0',
        'ws_reactor_stalls_total{reactor="0"} 3',
        'ws_log_lines_lost_total 3',
        'ws_build_info{version="1.2.3",transport="uws"} 1',
      ]),
    );
    // The format demands one HELP and one TYPE line for each metric.
    const types = lines.filter((line) => line.startsWith('# TYPE'));
    expect(new Set(types).size).toBe(types.length);
  });

  it('say what each figure counts, for which reactor, and who counts it', async () => {
    const page = await (await fetch(`${url}/metrics`)).text();
    const help = (metric: string): string =>
      new RegExp(`^# HELP ${metric} (.+)$`, 'm').exec(page)?.[1] ?? '';
    expect(help('ws_messages_dropped_total')).toMatch(
      /buffer_full: counted once per connection\..+by the publisher, once per target reactor\./,
    );
    expect(help('ws_bus_messages_total')).toMatch(
      /out: counted by the sender, once per target reactor\./,
    );
    expect(help('ws_publish_latency_seconds')).toMatch(/One publish in 64 is measured/);
    expect(page).toContain('ws_messages_dropped_total{reactor="supervisor",reason="too_long"} 0');
  });

  it('show the figures as JSON', async () => {
    const stats = await (await fetch(`${url}/stats.json`)).json();
    expect(stats).toMatchObject({
      pid: 99,
      state: 'ready',
      url: 'ws://127.0.0.1:9001',
      reactors: [
        {
          reactor: 0,
          cpus: [2, 3],
          node: 1,
          threadId: 77,
          restarts: 2,
          loop: 'park',
          lastError: 'it fell',
          heapLimitMb: 64,
        },
      ],
    });
    const { series } = (stats as { reactors: { series: Record<string, number> }[] }).reactors[0]!;
    expect(series['ws_messages_total{direction="in"}']).toBe(42);
  });

  it('show where memory lies', async () => {
    expect(await (await fetch(`${url}/memory.json`)).json()).toEqual(await memory());
  });

  it('answer 404 with the list of pages, and 405 to a request that does not read', async () => {
    const missing = await fetch(`${url}/nope`);
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({
      pages: ['/healthz', '/readyz', '/metrics', '/stats.json', '/memory.json'],
    });
    const post = await fetch(`${url}/healthz`, { method: 'POST' });
    expect(post.status).toBe(405);
    expect(post.headers.get('allow')).toBe('GET, HEAD');
    expect((await fetch(`${url}/constructor`)).status).toBe(404);
  });

  it('answer 500 when a page fails, and go on', async () => {
    const failing = new AdminServer(
      sources({
        vitals: () => {
          throw new Error('no status');
        },
      }),
    );
    const port = await failing.listen('127.0.0.1', 0);
    const response = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ error: 'no status' });
    expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(200);
    failing.close();
  });

  it.each(['//', 'http://127.0.0.1', '*', '/%', '/../healthz', '/healthz/'])(
    'survive the request target %s',
    async (target) => {
      const request = httpRequest({ port: new URL(url).port, path: target }).end();
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      response.resume();
      expect(response.statusCode).toBe(404);
      expect((await fetch(`${url}/healthz?probe=1`)).status).toBe(200);
    },
  );

  it('name the option if the port is in use', async () => {
    const second = new AdminServer(sources());
    await expect(second.listen('127.0.0.1', Number(new URL(url).port))).rejects.toMatchObject({
      code: 'HIOLOAD_PORT_IN_USE',
      message: expect.stringMatching(/^admin\.port: /) as string,
    });
  });
});

/** The answer to raw bytes. */
async function exchange(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(bytes);
  let answer = '';
  for await (const chunk of socket.setEncoding('utf8')) answer += chunk as string;
  return answer;
}

const HEAD_END = '\r\nConnection: close\r\n\r\n';

describe('the host of a request', () => {
  it.each([
    ['a loopback name', 'Host: localhost:9002'],
    ['a name below localhost', 'Host: a.LOCALHOST.'],
    ['a numeric address', 'Host: 10.1.2.3:80'],
    ['a numeric address of IPv6', 'Host: [2001:db8::1]'],
    ['a host of the list', 'Host: stats.example.org:9002'],
    ['a host below a name of the list', 'Host: a.example.com'],
  ])('is allowed: %s', async (_, host) => {
    expect(await exchange(`GET /healthz HTTP/1.1\r\n${host}${HEAD_END}`)).toMatch(/^HTTP\/1.1 200/);
  });

  it.each([
    ['a host of a stranger', 'GET /metrics HTTP/1.1\r\nHost: evil.example', 403],
    ['a stranger that ends alike', 'GET / HTTP/1.1\r\nHost: localhost.evil.example', 403],
    ['a stranger that begins alike', 'GET / HTTP/1.1\r\nHost: 127.0.0.1.evil.example', 403],
    ['a target that names a stranger', 'GET http://evil.example/ HTTP/1.1\r\nHost: localhost', 403],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example', 400],
    ['no host at all', 'GET / HTTP/1.1\r\nX: y', 400],
    ['an empty host', 'GET / HTTP/1.1\r\nHost:', 400],
    ['a host that is none', 'GET / HTTP/1.1\r\nHost: a b', 400],
    ['a user before the host', 'GET / HTTP/1.1\r\nHost: user@localhost', 400],
  ])('is refused: %s', async (_, head, status) => {
    const answer = await exchange(`${head}${HEAD_END}`);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).not.toContain('ws_connections');
  });

  it('may be missing in HTTP/1.0, which no browser speaks', async () => {
    expect(await exchange('GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 200/);
  });

  it('is logged once a minute, and counted', async () => {
    for (let i = 0; i < 3; i++) await exchange(`GET / HTTP/1.1\r\nHost: evil.example${HEAD_END}`);
    expect(lines).toEqual([
      'admin: a request was refused: the host "evil.example" is not allowed here; use a numeric ' +
        'address, or allow the host with --admin-allowed-hosts (admin.allowedHosts)',
    ]);
    expect(admin.refusals).toEqual({ hosts: 3, connections: 0 });
  });
});

describe('many clients at once', () => {
  it('do not have a page rendered for each of them', async () => {
    let rendered = 0;
    const busy = new AdminServer(sources({ memory: () => Promise.resolve(++rendered) }));
    const base = `http://127.0.0.1:${await busy.listen('127.0.0.1', 0)}`;
    const bodies = await Promise.all(
      Array.from({ length: 64 }, async () => (await fetch(`${base}/memory.json`)).text()),
    );
    expect(bodies).toHaveLength(64);
    expect(rendered).toBeLessThan(64 / 8);
    busy.close();
  });

  it('get health while the kernel still looks at the memory', async () => {
    const kernel = new EventEmitter();
    const found = once(kernel, 'found');
    const slow = new AdminServer(sources({ memory: () => found }));
    const base = `http://127.0.0.1:${await slow.listen('127.0.0.1', 0)}`;
    const pages = Array.from({ length: 64 }, async () =>
      (await fetch(`${base}/memory.json`)).json(),
    );
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
    kernel.emit('found', 'node 1');
    expect(await Promise.all(pages)).toEqual(Array.from(pages, () => ['node 1']));
    slow.close();
  });

  it('that hold their connections do not keep health away', async () => {
    const idle = await Promise.all(
      Array.from({ length: 140 }, async () => {
        const socket = connect(Number(new URL(url).port), '127.0.0.1');
        socket.on('error', () => undefined);
        await once(socket, 'connect');
        return socket;
      }),
    );
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(admin.refusals.connections).toBeGreaterThan(12);
    for (const socket of idle) socket.destroy();
  });
});

// Tests of the admin pages: health, readiness and metrics.
import { closedMetric, Histogram, Metric } from '@hioload/api';
import { MetricsBlock, MetricsTotals } from '@hioload/pool';
import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AdminServer } from '../../src/supervisor/admin.js';
import { createMetricsPage } from '../../src/supervisor/prometheus.js';
import type { ServerState, ServerStatus } from '../../src/supervisor/status.js';

let admin: AdminServer;
let url: string;
let state: ServerState;
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
    reactors: [
      { ...reactor, loop: 'park', restarts: 2, lastError: 'it fell', heapLimitMb: 64, totals },
    ],
  };
}

const memory = (): unknown => ({ policy: 'bind:1', reactors: [] });

beforeEach(async () => {
  state = 'ready';
  const metrics = createMetricsPage(status, { version: '1.2.3' });
  admin = new AdminServer({ status, memory, metrics, facts: () => ({ pid: 99 }) });
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

  it('say what a figure counts: for whom, by whom, and how many of all', async () => {
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
    expect(await (await fetch(`${url}/memory.json`)).json()).toEqual(memory());
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
    const failing = new AdminServer({
      status: () => {
        throw new Error('no status');
      },
      memory,
      metrics: createMetricsPage(status, {}),
      facts: () => ({}),
    });
    const port = await failing.listen('127.0.0.1', 0);
    const response = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ error: 'Error: no status' });
    expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(200);
    failing.close();
  });

  it.each(['//', 'http://[', '*', '/%', '/../healthz', '/healthz/'])(
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
    const second = new AdminServer({
      status,
      memory,
      metrics: createMetricsPage(status, {}),
      facts: () => ({}),
    });
    await expect(second.listen('127.0.0.1', Number(new URL(url).port))).rejects.toMatchObject({
      code: 'HIOLOAD_PORT_IN_USE',
      message: expect.stringMatching(/^admin\.port: /) as string,
    });
  });
});

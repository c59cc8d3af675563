/** The page of metrics in the text format of Prometheus. */
import { type HistogramDefinition, HISTOGRAMS, METRIC_SERIES } from '@hioload/api';
import { createRequire } from 'node:module';
import type { Metric, MetricObjectWithValues, MetricValueWithName, Registry } from 'prom-client';
import { type LaneStatus, type ServerStatus, SUPERVISOR_CELLS } from './status.js';

// The door of prom-client loads 40 files of metrics that this page does not use, and the start of
// each server and of each application would wait for them.
const load = createRequire(import.meta.url);
const PromRegistry = load('prom-client/lib/registry.js') as new () => Registry;

type Values = MetricValueWithName<string>[];

/** Makes the page of `/metrics`. Each scrape reads `status` again. */
export function createMetricsPage(
  status: () => ServerStatus,
  build: Readonly<Record<string, string>>,
): { readonly contentType: string; render(): Promise<string> } {
  const registry = new PromRegistry();
  for (const [name, { type, help }] of families()) {
    expose(registry, name, type, help, () => reactorValues(status(), name));
  }
  HISTOGRAMS.forEach((definition, histogram) => {
    const { metric, help } = definition;
    expose(registry, metric, 'histogram', help, () =>
      histogramValues(status(), histogram, definition),
    );
  });
  expose(
    registry,
    'ws_lane_full_total',
    'counter',
    'Messages lost because the lane between two reactors was full.',
    () => perLane('ws_lane_full_total', status(), ({ full }) => full),
  );
  expose(
    registry,
    'ws_lane_depth_bytes',
    'gauge',
    'Bytes that wait in the lane between two reactors.',
    () => perLane('ws_lane_depth_bytes', status(), ({ depthBytes }) => depthBytes),
  );
  expose(
    registry,
    'ws_reactor_restarts_total',
    'counter',
    'How many successors of a reactor were started.',
    () => perReactor('ws_reactor_restarts_total', status(), ({ restarts }) => restarts),
  );
  expose(
    registry,
    'ws_reactor_up',
    'gauge',
    'Whether a reactor accepts connections and its event loop turns.',
    () =>
      perReactor('ws_reactor_up', status(), ({ state, stalled }) =>
        state === 'ready' && !stalled ? 1 : 0,
      ),
  );
  expose(
    registry,
    'ws_reactor_stalled_seconds',
    'gauge',
    'Time for which a reactor has been stalled: its event loop does not turn. 0 if it turns.',
    () => perReactor('ws_reactor_stalled_seconds', status(), ({ stalledMs }) => stalledMs / 1_000),
  );
  expose(
    registry,
    'ws_reactor_stalls_total',
    'counter',
    'How often a reactor was stalled for most of a second or longer.',
    () => perReactor('ws_reactor_stalls_total', status(), ({ stalls }) => stalls),
  );
  expose(
    registry,
    'ws_log_lines_lost_total',
    'counter',
    'Log lines lost because the log ring was full or the log could not be written.',
    () => [{ metricName: 'ws_log_lines_lost_total', value: status().logLinesLost, labels: {} }],
  );
  expose(
    registry,
    'ws_admin_refused_total',
    'counter',
    'What the admin server refused. host: requests for a host that is not allowed. ' +
      'connection: connections that were closed to make room for newer ones.',
    () => {
      const { hosts, connections } = status().admin;
      const metricName = 'ws_admin_refused_total';
      return [
        { metricName, value: hosts, labels: { reason: 'host' } },
        { metricName, value: connections, labels: { reason: 'connection' } },
      ];
    },
  );
  expose(
    registry,
    'ws_build_info',
    'gauge',
    'Always 1; the labels name the versions and the transport.',
    () => [
      {
        metricName: 'ws_build_info',
        value: 1,
        labels: { ...build, transport: status().transport },
      },
    ],
  );
  return { contentType: registry.contentType, render: () => registry.metrics() };
}

/** The metrics of a reactor by name, each with the type and the help text of its series. */
function families(): Map<string, { readonly type: 'counter' | 'gauge'; readonly help: string }> {
  return new Map(METRIC_SERIES.map(({ metric, type, help }) => [metric, { type, help }]));
}

/**
 * Registers a metric whose values are read at each scrape. The metric classes of prom-client keep
 * values of their own, and so none of them fits.
 */
function expose(
  registry: Registry,
  name: string,
  type: 'counter' | 'gauge' | 'histogram',
  help: string,
  values: () => Values,
): void {
  const get = async (): Promise<MetricObjectWithValues<Values[number]>> =>
    ({
      name,
      help,
      type,
      aggregator: 'sum',
      values: values(),
    }) as unknown as MetricObjectWithValues<Values[number]>;
  registry.registerMetric({ name, get } as unknown as Metric);
}

function reactorValues({ reactors, supervisor }: ServerStatus, name: string): Values {
  return METRIC_SERIES.flatMap(({ metric, labels }, cell) => {
    if (metric !== name) return [];
    const values: Values = reactors.map(({ reactor, totals }) => {
      return { metricName: name, value: totals.read(cell), labels: { reactor, ...labels } };
    });
    if (SUPERVISOR_CELLS.includes(cell)) {
      values.push({
        metricName: name,
        value: supervisor.read(cell),
        labels: { reactor: 'supervisor', ...labels },
      });
    }
    return values;
  });
}

function perReactor(
  name: string,
  status: ServerStatus,
  value: (of: ServerStatus['reactors'][number]) => number,
): Values {
  return status.reactors.map((of) => ({
    metricName: name,
    value: value(of),
    labels: { reactor: of.reactor },
  }));
}

function perLane(name: string, { lanes }: ServerStatus, value: (of: LaneStatus) => number): Values {
  return lanes.map((lane) => ({
    metricName: name,
    value: value(lane),
    labels: { from: lane.from, to: lane.to },
  }));
}

function histogramValues(
  { reactors }: ServerStatus,
  histogram: number,
  { metric: name, bounds }: HistogramDefinition,
): Values {
  return reactors.flatMap(({ reactor, totals }) => {
    const { buckets, sum } = totals.histogram(histogram);
    let count = 0;
    const cumulative = buckets.map((inBucket, i) => {
      count += inBucket;
      return {
        metricName: `${name}_bucket`,
        value: count,
        labels: { reactor, le: bounds[i] ?? '+Inf' },
      };
    });
    return [
      ...cumulative,
      { metricName: `${name}_sum`, value: sum, labels: { reactor } },
      { metricName: `${name}_count`, value: count, labels: { reactor } },
    ];
  });
}

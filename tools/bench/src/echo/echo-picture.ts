// Draws the result of `bench echo`.
import { barChart } from '../core/bar-chart.js';
import type { MeasuredMachine } from '../core/measured-machine.js';
import type { LoadSeries } from '../load/arm-results.js';
import { barsOf } from '../load/load-picture.js';
import { SUBJECTS } from './server-kinds.js';
import type { EchoSettings } from './settings.js';

/** Draws the result as SVG: a group of bars for each size and number of messages in flight. */
export function drawEcho(
  series: readonly LoadSeries[],
  settings: EchoSettings,
  machine: MeasuredMachine,
  date: string,
): string {
  const { connections, passes, seconds, serverCpu, loadCpus } = settings;
  const footer = [
    `Messages a second, median of ${passes} alternating passes of ${seconds} s, whiskers from ` +
      'least to most. Every octet compared.',
    `Server on CPU ${serverCpu}, load on CPU ${loadCpus.join(', ')}. ${machine.cpuModel}, ` +
      `${machine.kernel}, Node ${machine.node}. ${date}`,
  ];
  return barChart(
    `Echo on one core: ${connections} connections`,
    series.map(barsOf),
    footer,
    new Set(Object.keys(SUBJECTS)),
  );
}

import { type BarGroup, barChart } from '../core/bar-chart.js';
import type { Machine } from '../core/machine.js';
import type { EchoSeries } from './echo-series.js';
import { SUBJECTS } from './server-kinds.js';
import type { EchoSettings } from './settings.js';

/** The result as an SVG: a group of bars for each number of messages in flight, the median with its range. */
export function drawEcho(
  series: readonly EchoSeries[],
  settings: EchoSettings,
  machine: Machine,
  date: string,
): string {
  const groups = series.map(({ inFlight, arms }): BarGroup => {
    const bars = arms.flatMap(({ arm, messagesPerSecond, ratio }) => {
      if (messagesPerSecond === null) return [];
      const { median, min, max } = messagesPerSecond;
      const note = `${Math.round(median / 1000)} k/s${ratio === null ? '' : `, ${ratio.median.toFixed(2)} of uws`}`;
      return [{ label: arm, value: median, low: min, high: max, note }];
    });
    return { title: `${inFlight} in flight on each connection`, bars };
  });
  const { connections, payloadBytes, passes, seconds, serverCpu, loadCpus } = settings;
  const footer = [
    `Messages a second, median of ${passes} alternating passes of ${seconds} s, whiskers from least to most. Every octet compared.`,
    `Server on CPU ${serverCpu}, load on CPU ${loadCpus.join(', ')}. ${machine.cpuModel}, ${machine.kernel}, Node ${machine.node}. ${date}`,
  ];
  const title = `Echo on one core: ${connections} connections, ${payloadBytes} bytes`;
  return barChart(title, groups, footer, new Set(Object.keys(SUBJECTS)));
}

import type { Machine } from '../core/machine.js';
import type { Pass } from '../core/rounds.js';
import { formatTable } from '../core/table.js';
import type { Summary } from '../core/statistics.js';
import type { EchoNumbers } from './echo-pass.js';
import { type ArmResult, BASELINE_ARM, type EchoSeries, NOISE_ARM } from './echo-series.js';
import type { EchoSettings } from './settings.js';

const COLUMNS = [
  { title: 'server', align: 'left' },
  { title: 'msgs/s', align: 'right' },
  { title: 'min .. max', align: 'right' },
  { title: `to ${BASELINE_ARM}`, align: 'right' },
  { title: 'quartiles', align: 'right' },
  { title: 'min .. max', align: 'right' },
  { title: 'CPU', align: 'right' },
  { title: 'ns/msg', align: 'right' },
  { title: `to ${BASELINE_ARM}`, align: 'right' },
  { title: 'passes', align: 'right' },
] as const;

export function describeMachineText(machine: Machine): string {
  const governor = machine.governor ?? 'not told';
  const memory = `${Math.round(machine.memoryBytes / 2 ** 30)} GiB`;
  return [
    `machine   ${machine.cpuModel}, ${machine.cpus} CPUs, ${memory}, ${machine.kernel}, governor ${governor}`,
    `runtime   Node ${machine.node}, V8 ${machine.v8}`,
  ].join('\n');
}

export function describeSettings(settings: EchoSettings): string {
  const { connections, payloadBytes, inFlight, passes, seconds, warmupSeconds } = settings;
  return [
    `CPUs      server on ${settings.serverCpu}, load on ${settings.loadCpus.join(',')}`,
    `load      ${connections} connections, ${payloadBytes} bytes, ${inFlight.join(' and ')} in flight on each`,
    `passes    ${passes} of ${seconds} s after ${warmupSeconds} s of warm-up; server busy ${settings.minBusyPercent} % or void`,
  ].join('\n');
}

export function describePass(pass: Pass<EchoNumbers>, passes: number): string {
  const { messagesPerSecond, serverBusy, generatorBusy } = pass.numbers;
  const cpu = `server ${percent(serverBusy)}, load ${percent(generatorBusy)}`;
  const judgement = pass.voidReason === null ? '' : `, VOID: ${pass.voidReason}`;
  return `round ${pass.round + 1}/${passes}  ${pass.arm}: ${count(messagesPerSecond)} msgs/s, ${cpu}${judgement}`;
}

/** The table of one series, what else is to be known about it below. */
export function describeSeries(series: EchoSeries): string {
  const lines = [`${series.inFlight} in flight`, formatTable(COLUMNS, series.arms.map(formatArm))];
  const noise = series.arms.find(({ arm }) => arm === NOISE_ARM)?.ratio ?? null;
  if (noise !== null) {
    lines.push(`noise: ${BASELINE_ARM} against itself ${ratio(noise.median)}, ${range(noise, ratio)} over all rounds`);
  }
  for (const { arm, voidPasses, validPasses, voidReason } of series.arms) {
    if (validPasses === 0) lines.push(`${arm} has no number: ${voidReason}`);
    else if (voidPasses > 0)
      lines.push(`${arm}: ${voidPasses} void passes are left out, the last because ${voidReason}`);
  }
  return lines.join('\n');
}

function formatArm(result: ArmResult): string[] {
  const { messagesPerSecond, ratio: toBaseline, serverBusy, serverNsPerMessage } = result;
  const cell = (summary: Summary | null, format: (summary: Summary) => string): string =>
    summary === null ? 'void' : format(summary);
  return [
    result.arm,
    cell(messagesPerSecond, ({ median }) => count(median)),
    cell(messagesPerSecond, (summary) => range(summary, count)),
    cell(toBaseline, ({ median }) => ratio(median)),
    cell(toBaseline, ({ lowerQuartile, upperQuartile }) => `${ratio(lowerQuartile)} .. ${ratio(upperQuartile)}`),
    cell(toBaseline, (summary) => range(summary, ratio)),
    cell(serverBusy, ({ median }) => percent(median)),
    cell(serverNsPerMessage, ({ median }) => count(median)),
    cell(result.costRatio, ({ median }) => ratio(median)),
    `${result.validPasses}${result.voidPasses === 0 ? '' : ` (${result.voidPasses} void)`}`,
  ];
}

function range(summary: Summary, format: (value: number) => string): string {
  return `${format(summary.min)} .. ${format(summary.max)}`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-GB');
}

function ratio(value: number): string {
  return value.toFixed(3);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

// The lines and tables of a series under load.
import { cell, count, percent, quartiles, range, ratio } from '../core/format.js';
import type { Pass } from '../core/rounds.js';
import { formatTable } from '../core/text-table.js';
import { type LoadArmResult, BASELINE_ARM, type LoadSeries, NOISE_ARM } from './arm-results.js';
import type { LoadNumbers } from './load-numbers.js';

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
  { title: 'load CPU', align: 'right' },
  { title: 'load ns/msg', align: 'right' },
  { title: 'passes', align: 'right' },
] as const;

export function describePass(pass: Pass<LoadNumbers>, passes: number): string {
  const { messagesPerSecond, serverCores, generatorCores, idleCores } = pass.numbers;
  const cpu =
    `server ${percent(serverCores)}, load ${percent(generatorCores)}, idle ` + percent(idleCores);
  const judgement = pass.voidReason === null ? '' : `, VOID: ${pass.voidReason}`;
  return (
    `round ${pass.round + 1}/${passes}  ${pass.arm}: ${count(messagesPerSecond)} msgs/s, ` +
    `${cpu}${judgement}`
  );
}

/** The table of one series, with notes on noise and void passes below. */
export function describeSeries(series: LoadSeries): string {
  const lines = [series.title, formatTable(COLUMNS, series.arms.map(formatArm))];
  const noise = series.arms.find(({ arm }) => arm === NOISE_ARM)?.ratio ?? null;
  if (noise !== null) {
    lines.push(
      `noise: ${BASELINE_ARM} against itself ${ratio(noise.median)}, ${range(noise, ratio)} ` +
        'over all rounds',
    );
  }
  for (const { arm, voidPasses, validPasses, voidReason } of series.arms) {
    if (validPasses === 0) lines.push(`${arm} has no number: ${voidReason}`);
    else if (voidPasses > 0)
      lines.push(`${arm}: ${voidPasses} void passes are left out, the last because ${voidReason}`);
  }
  return lines.join('\n');
}

/** The versions of all servers of a run, each once. */
export function describeVersions(series: readonly LoadSeries[]): string {
  const versions = series.flatMap(({ arms }) => arms.map(({ version }) => version));
  return `versions  ${[...new Set(versions)].filter((text) => text !== null).join(', ')}`;
}

function formatArm(result: LoadArmResult): string[] {
  const { messagesPerSecond, ratio: toBaseline, serverCores, serverNsPerMessage } = result;
  return [
    result.arm,
    cell(messagesPerSecond, ({ median }) => count(median)),
    cell(messagesPerSecond, (summary) => range(summary, count)),
    cell(toBaseline, ({ median }) => ratio(median)),
    cell(toBaseline, (summary) => quartiles(summary, ratio)),
    cell(toBaseline, (summary) => range(summary, ratio)),
    cell(serverCores, ({ median }) => percent(median)),
    cell(serverNsPerMessage, ({ median }) => count(median)),
    cell(result.costRatio, ({ median }) => ratio(median)),
    cell(result.generatorCores, ({ median }) => percent(median)),
    cell(result.generatorNsPerMessage, ({ median }) => count(median)),
    `${result.validPasses}${result.voidPasses === 0 ? '' : ` (${result.voidPasses} void)`}`,
  ];
}

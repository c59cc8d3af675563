// Evaluates the passes of `bench idle`, and makes its table.
import { cell, percent, range, ratio } from '../core/format.js';
import { byRound, type Pass } from '../core/rounds.js';
import { pairedRatios, type Summary, summarise } from '../core/statistics.js';
import { formatTable } from '../core/text-table.js';
import { BASELINE_ARM, NOISE_ARM } from '../load/arm-results.js';
import type { IdleNumbers } from './idle-pass.js';
import { CPU_GOAL, MEMORY_GOALS } from './settings.js';

/** The results of one arm over all passes. A summary is `null` if no pass counts. */
export interface IdleArmResult {
  readonly arm: string;
  readonly version: string | null;
  readonly validPasses: number;
  /** The reason why the last void pass was void; `null` if no pass was void. */
  readonly voidReason: string | null;
  readonly bytesPerConnection: Summary | null;
  /** Memory divided by that of the baseline in the same round. */
  readonly memoryRatio: Summary | null;
  readonly bytesInAll: Summary | null;
  readonly idleCores: Summary | null;
}

export function evaluateIdle(
  arms: readonly string[],
  passes: readonly Pass<IdleNumbers>[],
): IdleArmResult[] {
  return arms.map((arm) => {
    const values = (of: string, pick: (numbers: IdleNumbers) => number): Map<number, number> =>
      byRound(passes, of, pick);
    const sumUp = (pick: (numbers: IdleNumbers) => number): Summary | null =>
      summarise([...values(arm, pick).values()]);
    const bytes = ({ bytesPerConnection }: IdleNumbers): number => bytesPerConnection;
    const own = passes.filter((pass) => pass.arm === arm);
    return {
      arm,
      version: own[0]?.numbers.version ?? null,
      validPasses: own.filter(({ voidReason }) => voidReason === null).length,
      voidReason: own.findLast(({ voidReason }) => voidReason !== null)?.voidReason ?? null,
      bytesPerConnection: sumUp(bytes),
      memoryRatio: summarise(pairedRatios(values(arm, bytes), values(BASELINE_ARM, bytes))),
      bytesInAll: sumUp(({ bytesInAll }) => bytesInAll),
      idleCores: sumUp(({ idleCores }) => idleCores),
    };
  });
}

const COLUMNS = [
  { title: 'server', align: 'left' },
  { title: 'KiB/connection', align: 'right' },
  { title: 'min .. max', align: 'right' },
  { title: `to ${BASELINE_ARM}`, align: 'right' },
  { title: 'goal', align: 'right' },
  { title: 'in all', align: 'right' },
  { title: 'idle CPU', align: 'right' },
  { title: 'min .. max', align: 'right' },
  { title: 'goal', align: 'right' },
  { title: 'passes', align: 'right' },
] as const;

/** The table of all servers, with notes on noise and void passes below. */
export function describeIdle(results: readonly IdleArmResult[]): string {
  const lines = [formatTable(COLUMNS, results.map(formatArm))];
  const noise = results.find(({ arm }) => arm === NOISE_ARM)?.memoryRatio ?? null;
  if (noise !== null)
    lines.push(
      `noise: ${BASELINE_ARM} against itself ${ratio(noise.median)}, ${range(noise, ratio)}`,
    );
  for (const { arm, validPasses, voidReason } of results) {
    if (voidReason !== null)
      lines.push(
        `${arm}: ${validPasses === 0 ? 'no number' : 'void passes left out'}, ${voidReason}`,
      );
  }
  return lines.join('\n');
}

function formatArm(result: IdleArmResult): string[] {
  const { arm, bytesPerConnection, memoryRatio, bytesInAll, idleCores } = result;
  const memoryGoal = (MEMORY_GOALS as Readonly<Record<string, number | undefined>>)[arm];
  const cpu = (cores: number): string => percent(cores, 2);
  return [
    arm,
    cell(bytesPerConnection, ({ median }) => kibibytes(median)),
    cell(bytesPerConnection, (summary) => range(summary, kibibytes)),
    cell(memoryRatio, ({ median }) => ratio(median)),
    memoryGoal === undefined ? '' : kibibytes(memoryGoal),
    cell(bytesInAll, ({ median }) => `${Math.round(median / 2 ** 20)} MiB`),
    cell(idleCores, ({ median }) => cpu(median)),
    cell(idleCores, (summary) => range(summary, cpu)),
    memoryGoal === undefined ? '' : percent(CPU_GOAL),
    String(result.validPasses),
  ];
}

export function kibibytes(bytes: number): string {
  return (bytes / 1024).toFixed(2);
}

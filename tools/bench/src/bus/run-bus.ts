// Runs `bench bus`: its series, its tables, its result file and its picture.
import { writeFile } from 'node:fs/promises';
import { barChart } from '../core/bar-chart.js';
import {
  describeMachine,
  describeMachineText,
  type MeasuredMachine,
} from '../core/measured-machine.js';
import type { Output } from '../core/run-output.js';
import { chooseResultFiles } from '../core/result-file.js';
import { BASELINE_ARM, isComplete, type LoadSeries } from '../load/arm-results.js';
import { barsOf } from '../load/load-picture.js';
import type { CrossArmResult } from './cross/cross-text.js';
import { runCross } from './cross/run-cross.js';
import { type IdleServerResult, runIdleServer } from './idle-server.js';
import { runFanOut } from './run-fan-out.js';
import { runScaling, type ScalingResult } from './run-scaling.js';
import { SUBJECTS } from './server-kinds.js';
import type { BusSeriesName, BusSettings } from './settings.js';

/** The results of the series of a run. A series that was not requested is missing. */
interface BusResults {
  fanOut?: LoadSeries;
  /** By the name of the series. */
  cross?: Readonly<Record<string, readonly CrossArmResult[]>>;
  idleServer?: IdleServerResult;
  /** `null` if the machine is too small. */
  scaling?: ScalingResult[] | null;
}

/**
 * Runs the requested series, prints their tables, and writes the result as JSON and as a picture.
 * @param jsonFile `null` for a name with the date below `bench-results`
 * @returns whether the fan-out, if requested, has a number for each subject and the baseline
 * @throws Error if a server cannot be started, or fails at the measured work
 */
export async function runBus(
  settings: BusSettings,
  jsonFile: string | null,
  output: Output,
): Promise<boolean> {
  const machine = describeMachine(settings.cpus[0]!);
  const date = new Date().toISOString();
  const files = await chooseResultFiles('bus', date, jsonFile);
  output.result([describeMachineText(machine), describeSettings(settings)].join('\n'));
  if (settings.cpus.length === 1) {
    output.result('WORTHLESS NUMBERS: server and load share one CPU. They only show that it runs.');
  }

  const results: BusResults = {};
  const series: Readonly<Record<BusSeriesName, () => Promise<void>>> = {
    'fan-out': async () => {
      results.fanOut = await runFanOut(settings, output);
    },
    cross: async () => {
      results.cross = await runCross(settings, output);
    },
    'idle-server': async () => {
      results.idleServer = await runIdleServer(settings, output);
    },
    scaling: async () => {
      results.scaling = await runScaling(settings, output);
    },
  };
  for (const name of settings.series) await series[name]();

  await writeFile(
    files.json,
    `${JSON.stringify({ bench: 'bus', date, machine, settings, ...results }, null, 2)}\n`,
  );
  output.result(`\nwritten   ${files.json}`);
  if (results.fanOut === undefined) return true;
  await writeFile(files.picture, draw(results.fanOut, settings, machine, date));
  output.result(`          ${files.picture}`);
  return isComplete([results.fanOut], [BASELINE_ARM, ...settings.subjects]);
}

function describeSettings({
  cpus,
  passes,
  seconds,
  warmupSeconds,
  maxOthersPercent,
}: BusSettings): string {
  return [
    `CPUs      server and load share ${cpus.join(' and ')}; the load runs on ${cpus.length} ` +
      'threads, wherever there is room',
    'in flight published, and not yet with every subscriber: the load counts each delivery ' +
      'and compares every octet',
    `passes    ${passes} of ${seconds} s after ${warmupSeconds} s of warm-up; others on the ` +
      `CPUs above ${maxOthersPercent} %: void`,
  ].join('\n');
}

function draw(
  fanOut: LoadSeries,
  settings: BusSettings,
  machine: MeasuredMachine,
  date: string,
): string {
  const { passes, seconds, cpus } = settings;
  const footer = [
    `Deliveries a second, median of ${passes} alternating passes of ${seconds} s, whiskers ` +
      'from least to most. Every octet compared.',
    `Server and load on CPUs ${cpus.join(', ')}. ${machine.cpuModel}, ${machine.kernel}, Node ` +
      `${machine.node}. ${date}`,
  ];
  return barChart('Fan-out over sockets', [barsOf(fanOut)], footer, new Set(Object.keys(SUBJECTS)));
}

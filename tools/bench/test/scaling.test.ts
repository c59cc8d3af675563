// Tests of the plan and the table of the scaling series.
import { describe, expect, it } from 'vitest';
import { describeScaling, evaluateRow, runScaling } from '../src/bus/run-scaling.js';
import { planScaling } from '../src/bus/scaling-plan.js';
import type { BusSettings } from '../src/bus/settings.js';
import type { Pass } from '../src/core/rounds.js';
import type { LoadNumbers } from '../src/load/load-numbers.js';

const cpus = (count: number): number[] => Array.from({ length: count }, (_, id) => id);

describe('planScaling', () => {
  it('doubles the reactors up to the number of CPUs', () => {
    expect(planScaling(cpus(16)).map(({ reactors }) => reactors)).toEqual([1, 2, 4, 8, 16]);
    expect(planScaling(cpus(6)).map(({ reactors }) => reactors)).toEqual([1, 2, 4, 6]);
    expect(planScaling(cpus(1)).map(({ reactors }) => reactors)).toEqual([1]);
  });

  it('gives each load process a CPU of its own as long as there are enough', () => {
    const [one, two, four, six] = planScaling([2, 3, 5, 7, 8, 9]);
    expect(one).toEqual({ reactors: 1, serverCpus: [2], loadCpus: [[3], [5]], isLoadAlone: true });
    expect(two).toEqual({
      reactors: 2,
      serverCpus: [2, 3],
      loadCpus: [[5], [7], [8], [9]],
      isLoadAlone: true,
    });
    expect(four).toMatchObject({ serverCpus: [2, 3, 5, 7], isLoadAlone: false });
    expect(four!.loadCpus).toEqual(cpus(8).map(() => [8, 9]));
    expect(six!.loadCpus).toEqual(cpus(12).map(() => [2, 3, 5, 7, 8, 9]));
  });
});

describe('the scaling table', () => {
  const pass = (reactors: number, round: number, messagesPerSecond: number): Pass<LoadNumbers> => ({
    arm: `hioload-${reactors}`,
    round,
    attempt: 0,
    numbers: {
      version: '1.0',
      messagesPerSecond,
      serverBusy: 1,
      serverWaited: 0,
      serverCores: reactors,
      serverNsPerMessage: 400,
      generatorBusy: 0.9,
      generatorCores: 1.8,
      idleCores: 0.2,
    },
    voidReason: null,
  });
  // The second round is half as fast.
  const passes = [pass(1, 0, 1000), pass(2, 0, 1900), pass(1, 1, 500), pass(2, 1, 950)];

  it('compares within a round, and says what each reactor adds', () => {
    const rows = [
      evaluateRow({ reactors: 1, isLoadAlone: true }, passes),
      evaluateRow({ reactors: 2, isLoadAlone: false }, passes),
    ];
    expect(rows[1]!.speedup).toMatchObject({ min: 1.9, max: 1.9 });
    const text = describeScaling(rows);
    expect(text).toMatch(/^ +1 +750 +500 \.\. 1,000 +1\.000 +100 % +180 % +on CPUs of its own$/m);
    expect(text).toMatch(
      /^ +2 +1,425 +950 \.\. 1,900 +1\.900 +0\.900 +200 % +180 % +short of CPUs: may set/m,
    );
  });

  it('is left out in one line on a machine that is too small', async () => {
    const said: string[] = [];
    const output = { result: (text: string) => said.push(text), progress: () => {} };
    expect(await runScaling({ allCpus: [0, 1] } as unknown as BusSettings, output)).toBeNull();
    expect(said).toEqual(['\nSKIPPED: scaling needs more than 2 CPUs; this process may use 2.']);
  });
});

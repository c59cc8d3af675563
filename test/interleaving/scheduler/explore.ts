// Explores the schedules of a case until one fails.
import { DIES } from './board.js';
import type { InterleavingCase } from './case.js';
import type { CaseThreads, Decision, Execution, Forced } from './threads.js';

export interface Exploration {
  /** Schedules run. */
  readonly schedules: number;
  /**
   * The first schedule that ended badly: what is wrong, how to run it again, and what happened in
   * it.
   */
  readonly failure: {
    readonly problem: string;
    readonly schedule: string;
    readonly trace: string;
  } | null;
}

/**
 * Runs a case in every order that takes a thread's turn away at most `preemptions` times; a thread
 * that sleeps or ends passes on its turn for free. Stops at the first failure.
 */
export function explore(
  threads: CaseThreads,
  it: InterleavingCase,
  preemptions: number,
): Exploration {
  const todo: (readonly Forced[])[] = [[]];
  for (let schedules = 0; ; schedules++) {
    const schedule = todo.pop();
    if (schedule === undefined) return { schedules, failure: null };
    const execution = threads.execute(it, schedule);
    if (execution.problem !== null) return { schedules, failure: describe(schedule, execution) };
    todo.push(...alternatives(it, schedule, execution.decisions, preemptions));
  }
}

/** Runs one schedule as a failure prints it. */
export function replay(threads: CaseThreads, it: InterleavingCase, schedule: string): Exploration {
  const forced = parseSchedule(schedule);
  const execution = threads.execute(it, forced);
  return { schedules: 1, failure: execution.problem === null ? null : describe(forced, execution) };
}

/** Schedules that differ from one that was run in one decision behind the last forced one. */
function alternatives(
  { deaths }: InterleavingCase,
  schedule: readonly Forced[],
  decisions: readonly Decision[],
  preemptions: number,
): Forced[][] {
  const found: Forced[][] = [];
  const first = (schedule.at(-1)?.step ?? -1) + 1;
  const mayDie = deaths === true && !schedule.some(({ thread }) => thread === DIES);
  let spent = 0;
  decisions.forEach(({ from, runnable, chosen }, step) => {
    const couldGoOn = from >= 0 && (runnable & (1 << from)) !== 0;
    if (step >= first && couldGoOn && mayDie) found.push([...schedule, { step, thread: DIES }]);
    if (step >= first && spent + Number(couldGoOn) <= preemptions) {
      for (let thread = 0; runnable >> thread !== 0; thread++) {
        if ((runnable & (1 << thread)) !== 0 && thread !== chosen)
          found.push([...schedule, { step, thread }]);
      }
    }
    if (couldGoOn && chosen !== from) spent++;
  });
  return found;
}

function describe(
  schedule: readonly Forced[],
  { decisions, problem }: Execution,
): Exploration['failure'] {
  const lines = decisions.map(({ from, chosen, at }, step) => {
    const change = chosen === from ? '' : `  -> thread ${chosen}`;
    return (
      `${String(step).padStart(4)}  ${'        '.repeat(Math.max(from, 0))}${from}: ` +
      `${at}${change}`
    );
  });
  return {
    problem: problem ?? '',
    schedule: schedule.map(({ step, thread }) => `${step}:${thread}`).join(' '),
    trace: lines.join('\n'),
  };
}

function parseSchedule(text: string): Forced[] {
  return text
    .split(' ')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [step, thread] = pair.split(':').map(Number);
      return { step: step!, thread: thread! };
    });
}

/** The checks of `hioload doctor`: what a check is, and how all of them are run. */
import type { Machine } from './machine.js';

/** `fail`: this machine cannot serve. `warn`: this machine serves, but worse than it could. */
export type Verdict = 'ok' | 'warn' | 'fail';

/** The result of a check. */
export interface Finding {
  readonly verdict: Verdict;
  readonly found: string;
  /** One sentence: the thing to do, or the reason why nothing needs to be done. */
  readonly advice: string;
}

/** A check looks at one thing of the machine. */
export interface Check {
  readonly name: string;
  look(machine: Machine): Finding | Promise<Finding>;
}

/** A finding with the name of its check. */
export interface Diagnosis extends Finding {
  readonly name: string;
}

/**
 * Runs every check, in order. A check that throws becomes a warning, because its result is unknown.
 */
export async function examine(machine: Machine, checks: readonly Check[]): Promise<Diagnosis[]> {
  const diagnoses: Diagnosis[] = [];
  for (const check of checks) diagnoses.push({ name: check.name, ...(await look(check, machine)) });
  return diagnoses;
}

async function look(check: Check, machine: Machine): Promise<Finding> {
  try {
    return await check.look(machine);
  } catch (error) {
    const found = `unknown: ${error instanceof Error ? error.message : String(error)}`;
    return { verdict: 'warn', found, advice: 'This check could not be made on this machine.' };
  }
}

export const ok = (found: string, advice: string): Finding => ({ verdict: 'ok', found, advice });
export const warn = (found: string, advice: string): Finding => ({
  verdict: 'warn',
  found,
  advice,
});
export const fail = (found: string, advice: string): Finding => ({
  verdict: 'fail',
  found,
  advice,
});

import type { Machine } from './machine.js';

/** `fail` where nothing can be served, `warn` where it is served worse than it could be. */
export type Verdict = 'ok' | 'warn' | 'fail';

/** What a check found. */
export interface Finding {
  readonly verdict: Verdict;
  readonly found: string;
  /** One sentence: what to do, or why nothing needs to be done. */
  readonly advice: string;
}

/** Looks at one thing. */
export interface Check {
  readonly name: string;
  look(machine: Machine): Finding | Promise<Finding>;
}

/** A finding with the name of its check. */
export interface Diagnosis extends Finding {
  readonly name: string;
}

/**
 * Looks at everything, in order. A check that cannot look is a warning: what it would have found is
 * unknown.
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
    const found = `could not look: ${error instanceof Error ? error.message : String(error)}`;
    return {
      verdict: 'warn',
      found,
      advice: 'What this check is about is unknown on this machine.',
    };
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

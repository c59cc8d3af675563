// Finds out which servers can compete in a run.
import type { Output } from '../core/run-output.js';
import type { ChildCommand } from '../core/pinned-child.js';
import type { ServerKind } from './server-kind.js';

/** What is to compete. */
export interface ArmsPlan<Name extends string> {
  /** In order. */
  readonly names: readonly Name[];
  readonly kinds: Readonly<Record<Name, ServerKind>>;
  /** Without these the run is worth nothing. */
  readonly needed: readonly Name[];
}

/**
 * Finds what each server needs; one that cannot be had is left out loudly.
 * @returns how each is started, by name, in order @throws Error where one that is needed cannot be
 * had
 */
export async function prepareArms<Name extends string>(
  { names, kinds, needed }: ArmsPlan<Name>,
  output: Output,
): Promise<Map<Name, ChildCommand>> {
  const arms = new Map<Name, ChildCommand>();
  for (const name of names) {
    const start = await kinds[name].prepare();
    if (start.available) arms.set(name, start.command);
    else if (needed.includes(name)) throw new Error(`${name} cannot be had: ${start.reason}`);
    else output.result(`SKIPPED: ${name} cannot be had: ${start.reason}`);
  }
  return arms;
}

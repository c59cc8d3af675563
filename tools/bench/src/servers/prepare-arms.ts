// Finds out which servers can compete in a run.
import type { Output } from '../core/run-output.js';
import type { ChildCommand } from '../core/pinned-child.js';
import type { ServerKind } from './server-kind.js';

/** The servers that are to compete. */
export interface ArmsPlan<Name extends string> {
  /** The names, in order. */
  readonly names: readonly Name[];
  readonly kinds: Readonly<Record<Name, ServerKind>>;
  /** The servers without which the run means nothing. */
  readonly needed: readonly Name[];
}

/**
 * Finds the parts that each server needs. A server that cannot be had is left out with a loud line.
 * @returns how each server is started, by name, in order
 * @throws Error if a needed server cannot be had
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

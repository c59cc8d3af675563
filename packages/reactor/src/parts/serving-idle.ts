/** Finds the idle strategy of a reactor. */
import type { IdleName, IdleStrategy } from '@hioload/api';
import { idleStrategy } from '@hioload/pool';
import { IDLE_MEMBERS, lackOf, requirePart } from './check-part.js';
import { loadDefaultExport } from './load-module.js';

/** The idle strategy that a reactor takes: a built-in one, or the export of a module. */
export type IdleWish =
  | { readonly type: 'built-in'; readonly name: IdleName }
  /** The operator names a module. `file` is its absolute path. */
  | { readonly type: 'module'; readonly file: string };

/**
 * Finds the idle strategy.
 * @throws HIOLOAD_MODULE_FAILED, HIOLOAD_PART_INVALID (as a rejection)
 */
export async function findIdleStrategy(wish: IdleWish): Promise<IdleStrategy> {
  if (wish.type === 'built-in') return idleStrategy(wish.name);
  const idle = await loadDefaultExport('loop', wish.file);
  const what = `loop: the default export of ${wish.file}`;
  requirePart(what, 'an IdleStrategy { name, next }', lackOf(idle, IDLE_MEMBERS));
  return idle as IdleStrategy;
}

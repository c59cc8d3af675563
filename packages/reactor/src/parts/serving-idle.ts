/** Finds the idle strategy of a reactor. */
import {
  HioloadError,
  type IdleName,
  IdleStep,
  type IdleStrategy,
  textOfThrown,
} from '@hioload/api';
import { idleStrategy } from '@hioload/pool';
import { IDLE_MEMBERS, lackOf, requirePart } from './check-part.js';
import { mustBe } from '../app/refusal-text.js';
import { loadDefaultExport } from './load-module.js';

/** The idle strategy that a reactor takes: a built-in one, or the export of a module. */
export type IdleWish =
  | { readonly type: 'built-in'; readonly name: IdleName }
  /** The operator names a module. `file` is its absolute path. */
  | { readonly type: 'module'; readonly file: string };

/**
 * Finds the idle strategy. A strategy of the user is asked once, so that a wrong one is refused
 * before the reactor serves.
 * @throws HIOLOAD_MODULE_FAILED, HIOLOAD_PART_INVALID, HIOLOAD_PART_FAILED (as a rejection)
 */
export async function findIdleStrategy(wish: IdleWish): Promise<IdleStrategy> {
  if (wish.type === 'built-in') return idleStrategy(wish.name);
  const idle = await loadDefaultExport('loop', wish.file);
  const what = `loop: the default export of ${wish.file}`;
  requirePart(what, 'an IdleStrategy { name, next }', lackOf(idle, IDLE_MEMBERS));
  const guarded = guard(idle as IdleStrategy, what);
  guarded.next(0);
  return guarded;
}

/** Names the module in each error of a strategy of the user. */
function guard(idle: IdleStrategy, what: string): IdleStrategy {
  return {
    name: idle.name,
    next(handled) {
      let step: IdleStep;
      try {
        step = idle.next(handled);
      } catch (cause) {
        const problem = `${what}: its next failed: ${textOfThrown(cause)}`;
        throw new HioloadError('HIOLOAD_PART_FAILED', problem, { cause });
      }
      if (step === IdleStep.Again || step === IdleStep.Park) return step;
      const allowed = `IdleStep.Again or IdleStep.Park, which are "again" and "park"`;
      const problem = mustBe(`${what}: what its next returns`, allowed, step);
      throw new HioloadError('HIOLOAD_PART_INVALID', problem);
    },
  };
}

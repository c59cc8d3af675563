// The heap limit of V8: what flags of the process say, and what V8 grants a thread.
import { getHeapStatistics } from 'node:v8';
import { resourceLimits } from 'node:worker_threads';

const MIB = 1_048_576;
/** The most that the young generation takes of the heap, as a number of semi-spaces. */
const SEMI_SPACES = 3;

/** Where flags of V8 come from. The command line overrides `NODE_OPTIONS`. */
export interface FlagSources {
  readonly execArgv: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The value of a flag of V8, in MiB; undefined if it is not set. Such a flag holds for every thread
 * of the process, and V8 lets it override the limits that a thread is started with.
 */
export function v8FlagMb(
  name: 'max-old-space-size' | 'max-semi-space-size',
  { execArgv, env }: FlagSources = process,
): number | undefined {
  const words = [...(env['NODE_OPTIONS'] ?? '').split(/[\s"]+/), ...execArgv].join(' ');
  const pattern = new RegExp(`--${name.replaceAll('-', '[-_]')}[= ](\\d+)`, 'g');
  const value = Number([...words.matchAll(pattern)].at(-1)?.[1] ?? 0);
  return value === 0 ? undefined : value;
}

/**
 * The limit of the old generation of this thread, in MiB, as V8 grants it. `heap_size_limit`
 * includes the young generation, where survivors of a full collection do not lie.
 */
export function grantedHeapMb(
  heapSizeLimitBytes: number = getHeapStatistics().heap_size_limit,
  youngMb: number = youngGenerationMb(),
): number {
  return Math.max(1, Math.round(heapSizeLimitBytes / MIB - youngMb));
}

function youngGenerationMb(): number {
  const semiSpaceMb = v8FlagMb('max-semi-space-size');
  return semiSpaceMb === undefined
    ? (resourceLimits.maxYoungGenerationSizeMb ?? 0)
    : semiSpaceMb * SEMI_SPACES;
}

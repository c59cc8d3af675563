// Defines tests that sound cases hold in every order, and that broken ones fail.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InterleavingCase } from './scheduler/case.js';
import { explore, replay } from './scheduler/explore.js';
import { CaseThreads } from './scheduler/threads.js';

/** How often a thread may lose its turn in one schedule; `HIOLOAD_PREEMPTIONS=3` by hand. */
const PREEMPTIONS = Number(process.env['HIOLOAD_PREEMPTIONS'] ?? 2);

/**
 * Tests that sound cases hold in every order, and that broken ones are found and fail again when
 * they are replayed.
 */
export function provesInEveryOrder(cases: readonly InterleavingCase[], file: URL): void {
  const sound = cases.filter(({ broken }) => broken !== true);
  const broken = cases.filter((it) => it.broken === true);
  let threads: CaseThreads;
  beforeAll(async () => void (threads = await CaseThreads.start(cases, file.href)));
  afterAll(() => threads.stop());

  describe('in every order', () => {
    it.each(sound)('of $name', (it) => {
      const { schedules, failure } = explore(threads, it, PREEMPTIONS);
      const shown =
        failure && `${failure.problem}\nreplay: "${failure.schedule}"\n${failure.trace}`;
      expect(shown, `schedule ${schedules}`).toBeNull();
      if (process.env['HIOLOAD_PREEMPTIONS'] !== undefined)
        process.stdout.write(`${it.name}: ${schedules} schedules\n`);
      // Guards against a case whose operations are not scheduled at all.
      expect(schedules).toBeGreaterThan(20);
    });
  });

  if (broken.length === 0) return;
  describe('in some order', () => {
    it.each(broken)('shows $name', (it) => {
      const { failure } = explore(threads, it, PREEMPTIONS);
      expect(failure).not.toBeNull();
      const again = replay(threads, it, failure!.schedule);
      expect(again.failure).toEqual(failure);
    });
  });
}

// Tests of the runner of all checks.
import { describe, expect, it } from 'vitest';
import type { Part } from '../parts.mjs';
import { runParts } from '../run-parts.mjs';

const part = (name: string, run: Part['run']): Part => ({
  name,
  proves: `what ${name} proves`,
  run,
});

describe('the run of all checks', () => {
  it('goes on after one that fails and one that throws, and names both', async () => {
    let written = '';
    const failed = await runParts(
      [
        part('types', async () => ({ ok: false, report: 'a.ts(1,1): wrong' })),
        part('lint', () => Promise.reject(new Error('no such program'))),
        part('sizes', async () => ({ ok: true, report: 'a.ts: 301 lines' })),
      ],
      1,
      (text) => {
        written += text;
      },
    );

    expect(failed).toEqual(['types', 'lint']);
    expect(written).toMatch(/a\.ts\(1,1\): wrong\nFAILED types .*\n/);
    expect(written).toMatch(/no such program[^]*\nFAILED lint .*\n/);
    expect(written).toMatch(/301 lines\nok {5}sizes .* s {2}what sizes proves\n/);
  });
});

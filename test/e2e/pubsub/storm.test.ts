import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { run } from '../launcher/start-launcher.js';

const cwd = fileURLToPath(new URL('../../..', import.meta.url));

/** What a summary holds, as far as it is looked at here. */
interface Summary {
  readonly ok: boolean;
  readonly options: { readonly seed: number };
  readonly topics: { readonly subscribed: number };
  readonly said: { readonly taken: number; readonly refused: number };
  readonly copies: { readonly expected: number; readonly delivered: number; readonly unexpected: number };
  readonly refusals: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

describe('npm run storm', { timeout: 120_000 }, () => {
  it('delivers or counts every copy, refuses who is over its quota, and leaves nothing running', async () => {
    const shape =
      '--tenants 3 --connections 45 --topics 1200 --topics-per-connection 40 --rate 300 --seconds 3 --seed 11';
    const storm = run('npm', ['run', 'storm', '--', ...shape.split(' ')], { cwd });
    expect([await storm.ended, storm.errorOutput]).toEqual([0, expect.stringMatching(/^ +3 s {2}said \d+\/s/m)]);
    const output = storm.lines.join('\n');
    const summary = JSON.parse(output.slice(output.indexOf('{'))) as Summary;
    expect(summary).toMatchObject({ ok: true, options: { seed: 11 }, copies: { unexpected: 0 } });
    expect(summary.topics.subscribed).toBeGreaterThan(600);
    expect(summary.said.taken).toBeGreaterThan(100);
    expect(summary.copies.delivered).toBeGreaterThan(summary.said.taken);
    expect(Object.keys(summary.refusals)).toEqual(['storm-3']);
    expect(summary.refusals['storm-3']).toMatchObject({ 'connection refused with 429': expect.any(Number) as number });
    await storm.nothingLeft();
  });

  it('names an option that it cannot use', () => {
    const args = ['apps/pubsub/src/storm/main.ts', '--rate', 'many'];
    const { status, stderr } = spawnSync('node_modules/.bin/tsx', args, { cwd, encoding: 'utf8' });
    expect([status, stderr]).toEqual([2, expect.stringContaining('--rate many: allowed is a whole number')]);
  });
});

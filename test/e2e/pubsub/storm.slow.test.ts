// End-to-end tests of `npm run storm`.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { run, type RunningCommand } from '../launcher/start-launcher.js';
import { startReactors } from '../server/start-server.js';
import { PUBSUB } from './chat-client.js';

const cwd = fileURLToPath(new URL('../../..', import.meta.url));
const STORM = ['apps/pubsub/src/storm/main.ts'];

/** What a summary holds, as far as it is looked at here. */
interface Summary {
  readonly ok: boolean;
  readonly isUnbroken: boolean;
  readonly options: { readonly seed: number };
  readonly topics: { readonly subscribed: number };
  readonly said: { readonly taken: number; readonly refused: number };
  readonly copies: {
    readonly expected: number;
    readonly delivered: number;
    readonly unexpected: number;
  };
  readonly refusals: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Waits until a storm has printed something. */
function printed(storm: RunningCommand, pattern: RegExp): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!pattern.test(storm.errorOutput)) return;
      storm.process.stderr?.off('data', look);
      resolve();
    };
    storm.process.stderr?.on('data', look);
    look();
  });
}

describe('npm run storm', { timeout: 120_000 }, () => {
  it('delivers or counts every copy, enforces quotas, and leaves nothing running', async () => {
    const shape =
      '--tenants 3 --connections 240 --topics 1200 --topics-per-connection 10 --rate 300 ' +
      '--seconds 3 --seed 11';
    const storm = run('npm', ['run', 'storm', '--', ...shape.split(' ')], { cwd });
    expect([await storm.ended, storm.errorOutput]).toEqual([
      0,
      expect.stringMatching(/^ +3 s {2}said \d+\/s/m),
    ]);
    const output = storm.lines.join('\n');
    const summary = JSON.parse(output.slice(output.indexOf('{'))) as Summary;
    expect(summary).toMatchObject({ ok: true, options: { seed: 11 }, copies: { unexpected: 0 } });
    expect(summary.topics.subscribed).toBeGreaterThan(600);
    expect(summary.said.taken).toBeGreaterThan(100);
    expect(summary.copies.delivered).toBeGreaterThan(summary.said.taken);
    expect(Object.keys(summary.refusals)).toEqual(['storm-3']);
    expect(summary.refusals['storm-3']).toMatchObject({
      'connection refused with 429': expect.any(Number) as number,
    });
    await storm.nothingLeft();
  });

  it('fails if the server goes away in the middle, and if it is a different server', async () => {
    const { url, server } = await startReactors(2, PUBSUB);
    const storm = run('node_modules/.bin/tsx', [...STORM, '--url', url, '--seconds', '4'], { cwd });
    await printed(storm, /^ +1 s /m);
    await server.drain('in the middle of a storm');
    expect(await storm.ended).toBe(1);
    const summary = JSON.parse(storm.lines.join('\n')) as Summary;
    expect(summary).toMatchObject({ ok: false, isUnbroken: false });
    const nobody = run('node_modules/.bin/tsx', [...STORM, '--url', url], { cwd });
    expect([await nobody.ended, nobody.errorOutput]).toEqual([
      1,
      expect.stringContaining(`${url}/figures: `),
    ]);
  });

  it('names an option that it cannot use', () => {
    const { status, stderr } = spawnSync('node_modules/.bin/tsx', [...STORM, '--rate', 'many'], {
      cwd,
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([2, expect.stringContaining('--rate must be a whole number')]);
  });
});

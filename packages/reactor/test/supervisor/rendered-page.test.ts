// Tests of a page that is rendered only so often.
import { expect, it } from 'vitest';
import { RenderedPage } from '../../src/supervisor/rendered-page.js';

it('is rendered a few times a second, and shared beyond that', async () => {
  let nowMs = 0;
  let count = 0;
  const page = new RenderedPage(
    () => `rendering ${++count}`,
    2,
    () => nowMs,
  );
  const ask = async (): Promise<string> => String(await page.body());
  expect([await ask(), await ask(), await ask(), await ask()]).toEqual([
    'rendering 1',
    'rendering 2',
    'rendering 2',
    'rendering 2',
  ]);
  nowMs = 1_000;
  expect(await ask()).toBe('rendering 3');
});

it('is rendered once for all requests that come during the rendering', async () => {
  let count = 0;
  const page = new RenderedPage(async () => {
    await new Promise(setImmediate);
    return String(++count);
  }, 100);
  const bodies = await Promise.all(Array.from({ length: 50 }, () => page.body()));
  expect(new Set(bodies).size).toBe(1);
  expect(count).toBe(1);
});

it('is rendered again after a rendering that failed', async () => {
  let fails = true;
  const page = new RenderedPage(() => {
    if (fails) throw new Error('not now');
    return 'now';
  }, 10);
  await expect(page.body()).rejects.toThrow('not now');
  fails = false;
  expect(String(await page.body())).toBe('now');
});

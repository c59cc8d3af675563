// Tests of closing all connections gently.
import type { WebSocketConn } from '@hioload/api';
import { describe, expect, it } from 'vitest';
import { closeGently } from '../../src/worker/drain.js';

function conns(count: number, ended: [number, number][]): WebSocketConn[] {
  // Taken before `closeGently` begins, so a moment may seem later than it was but never earlier.
  const started = performance.now();
  return Array.from({ length: count }, (_, id) => {
    const end = (code: number): void => {
      expect(code).toBe(1001);
      ended.push([id, performance.now() - started]);
    };
    return { id, end } as unknown as WebSocketConn;
  });
}

const goodbye = { code: 1001, reason: 'bye', random: Math.random };

describe('closeGently', () => {
  it('ends every connection once, in an order of its own', async () => {
    const ended: [number, number][] = [];
    await closeGently(conns(500, ended), { ...goodbye, spreadMs: 100 });
    const order = ended.map(([id]) => id);
    expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, id) => id));
    expect(order).not.toEqual(order.toSorted((a, b) => a - b));
  });

  it('ends few connections at a time', async () => {
    const ended: [number, number][] = [];
    await closeGently(conns(1_000, ended), { ...goodbye, spreadMs: 400, random: () => 0.5 });
    // There are 16 slices of 25 ms, each counted at its middle. None comes early, however slow the
    // machine is.
    for (const [place, [, atMs]] of ended.entries()) {
      const slice = Math.floor((place * 16) / 1_000);
      expect(atMs).toBeGreaterThanOrEqual((slice + 0.5) * 25);
    }
  });

  it('ends all at once if there is no spread', async () => {
    const ended: [number, number][] = [];
    const closing = closeGently(conns(100, ended), { ...goodbye, spreadMs: 0 });
    expect(ended).toHaveLength(100);
    await closing;
  });

  it('does not wait without connections', async () => {
    await closeGently([], { ...goodbye, spreadMs: 600_000 });
  });
});

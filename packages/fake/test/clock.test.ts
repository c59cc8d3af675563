// Tests of the fake clock.
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../src/index.js';

describe('FakeClock', () => {
  it('runs work when its time has come, and not before', () => {
    const clock = new FakeClock(1_000);
    const ran: number[] = [];
    clock.after(500, () => ran.push(clock.now()));
    clock.advance(499);
    expect(ran).toEqual([]);
    clock.advance(1);
    expect(ran).toEqual([1_500]);
    clock.advance(10_000);
    expect(ran).toEqual([1_500]);
  });

  it('runs timers at their time, and timers of one time in the order they were set', () => {
    const clock = new FakeClock();
    const ran: string[] = [];
    const note = (name: string) => () => ran.push(`${name} at ${clock.now()}`);
    clock.after(20, note('late'));
    clock.after(10, note('early'));
    clock.after(20, note('late too'));
    clock.after(0, note('now'));
    clock.advance(30);
    expect(ran).toEqual(['now at 0', 'early at 10', 'late at 20', 'late too at 20']);
    expect(clock.now()).toBe(30);
  });

  it('runs work that other work schedules within the step', () => {
    const clock = new FakeClock();
    const ran: number[] = [];
    const again = (): void => {
      ran.push(clock.now());
      clock.after(10, again);
    };
    clock.after(10, again);
    clock.advance(35);
    expect(ran).toEqual([10, 20, 30]);
    expect(clock.pending).toBe(1);
  });

  it('forgets cancelled work, also if it is cancelled twice or at its moment', () => {
    const clock = new FakeClock();
    const ran: string[] = [];
    clock.after(10, () => cancelSecond());
    const cancelSecond = clock.after(10, () => ran.push('second'));
    const cancelThird = clock.after(10, () => ran.push('third'));
    cancelThird();
    cancelThird();
    clock.advance(10);
    expect(ran).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it.each([-1, NaN, Infinity])('refuses a duration of %s', (ms) => {
    const clock = new FakeClock();
    const invalid = expect.objectContaining({ code: 'HIOLOAD_OPTION_INVALID' });
    expect(() => clock.after(ms, () => undefined)).toThrow(invalid);
    expect(() => clock.advance(ms)).toThrow(invalid);
  });
});

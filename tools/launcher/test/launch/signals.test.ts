// Tests of the signals that the launcher handles.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { handleEarlySignals } from '../../src/launch/end-signals.js';
import { onEndSignals } from '../../src/launch/signals.js';

const EVENTS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'beforeExit'];

let before: Map<string, readonly unknown[]>;
beforeEach(() => {
  before = new Map(EVENTS.map((name) => [name, process.rawListeners(name)]));
});
afterEach(() => {
  for (const name of EVENTS) for (const listener of added(name)) process.off(name, listener);
  vi.restoreAllMocks();
});

/** The listeners of the test on an event of this process. */
const added = (name: string): (() => void)[] =>
  process
    .rawListeners(name)
    .filter((listener) => before.get(name)?.includes(listener) === false) as (() => void)[];

/** Raises an event for the listeners of the test only, because the test runner has its own. */
function happens(name: string): void {
  for (const listener of added(name)) (listener as (name: string) => void)(name);
}

describe('onEndSignals', () => {
  it('hands on each signal', () => {
    const taken: string[] = [];
    onEndSignals((name) => taken.push(name));
    for (const name of ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGTERM']) happens(name);
    expect(taken).toEqual(['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGTERM']);
  });

  it('does nothing for a signal that the process was started to ignore', () => {
    const taken: string[] = [];
    onEndSignals((name) => taken.push(name), ['SIGHUP']);
    for (const name of ['SIGHUP', 'SIGTERM']) happens(name);
    expect(taken).toEqual(['SIGTERM']);
    expect(added('SIGHUP')).toHaveLength(1);
  });

  it('takes over from the handlers of the time before', () => {
    let early = 0;
    handleEarlySignals(['SIGHUP'], () => early++);
    for (const name of ['SIGTERM', 'SIGHUP', 'SIGINT']) happens(name);
    expect(early).toBe(2);
    const taken: string[] = [];
    onEndSignals((name) => taken.push(name), ['SIGHUP']);
    happens('SIGTERM');
    expect([early, taken]).toEqual([2, ['SIGTERM']]);
  });

  it('ends the process with its earned exit code when a signal comes after the end', () => {
    const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
    const taken: string[] = [];
    const ended = onEndSignals((name) => taken.push(name));
    ended(0);
    expect(exit).not.toHaveBeenCalled();
    happens('SIGTERM');
    expect(taken).toEqual([]);
    expect(exit.mock.calls).toEqual([[0]]);
  });

  it('exits when all output is written, while it still handles signals', () => {
    const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
    onEndSignals(() => undefined)(1);
    happens('beforeExit');
    expect(exit.mock.calls).toEqual([[1]]);
  });
});

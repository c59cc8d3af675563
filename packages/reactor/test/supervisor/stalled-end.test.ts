// Tests of the end of a process whose reactor is stalled.
import { expect, it, vi } from 'vitest';
import { endStalledProcess } from '../../src/supervisor/stalled-end.js';

it.each([
  ['net', 'the process ends with exit code 70, because a reactor is stalled', ['exit', 70]],
  ['uws', 'the process ends by SIGKILL, because a reactor is stalled', ['kill', 7, 'SIGKILL']],
  ['own', 'the process ends by SIGKILL, because a reactor is stalled', ['kill', 7, 'SIGKILL']],
])('ends a process with the transport %s, and says how', (transport, line, call) => {
  const calls: unknown[] = [];
  const self = {
    pid: 7,
    exit: (code: number) => void calls.push(['exit', code]),
    kill: (pid: number, signal: string) => calls.push(['kill', pid, signal]),
  };
  const error = vi.fn();
  endStalledProcess(transport, { error }, self as never);
  expect(error.mock.calls).toEqual([[line]]);
  expect(calls).toEqual([call]);
});

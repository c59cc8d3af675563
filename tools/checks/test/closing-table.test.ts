// Tests the table of what a run left out: the lines that feed it, and the table itself.
import { ClosingTable, isForTable, leaveOutIf } from '@hioload/test-support/left-out';
import { expect, it, vi } from 'vitest';

const NO_TASKSET = {
  what: 'npm start on one CPU',
  reason: 'there is no taskset',
  command: 'apt-get install util-linux',
};

/** The line that is written if tests are left out. */
function lineOf(condition: boolean): string | undefined {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  try {
    expect(leaveOutIf(condition, NO_TASKSET)).toBe(condition);
    return warn.mock.calls[0]?.[0] as string | undefined;
  } finally {
    warn.mockRestore();
  }
}

function tableAfter(use: (table: ClosingTable) => void): string {
  let written = '';
  const table = new ClosingTable((text: string) => (written += text));
  use(table);
  table.onTestRunEnd();
  return written;
}

it('shows each omission once, with its reason and the command that runs it', () => {
  const line = lineOf(true)!;
  const written = tableAfter((table) => {
    table.onUserConsoleLog({ content: `${line}\n` });
    table.onUserConsoleLog({ content: `something else\n${line}\n` });
  });
  expect(written.split('\n')).toEqual([
    '',
    ' LEFT OUT              WHY                  TO RUN IT',
    ' npm start on one CPU  there is no taskset  apt-get install util-linux',
    '',
    '',
  ]);
});

it('writes nothing if nothing is left out', () => {
  expect(lineOf(false)).toBeUndefined();
  expect(tableAfter((table) => table.onUserConsoleLog({ content: 'a line\n' }))).toBe('');
});

it('takes the place of the lines that feed it, and of no other', () => {
  const line = lineOf(true)!;
  expect([`${line}\n`, `${line}\n${line}\n`].map(isForTable)).toEqual([true, true]);
  expect(['a line\n', `${line}\na line\n`].map(isForTable)).toEqual([false, false]);
});

it('names the slow tier if the quick tiers run without it', () => {
  const projects = (...names: string[]): never => names.map((name) => ({ name })) as never;
  expect(tableAfter((table) => table.onInit({ projects: projects('unit', 'e2e') }))).toContain(
    'npm run test:all',
  );
  expect(tableAfter((table) => table.onInit({ projects: projects('unit') }))).toBe('');
  expect(tableAfter((table) => table.onInit({ projects: projects('e2e', 'slow') }))).toBe('');
});

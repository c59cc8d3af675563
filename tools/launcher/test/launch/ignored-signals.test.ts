// Tests of finding the signals that a process was started to ignore.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ignoredSignals } from '../../src/launch/ignored-signals.js';

let procRoot: string;
beforeAll(() => {
  procRoot = mkdtempSync(join(tmpdir(), 'hioload-proc-'));
  mkdirSync(join(procRoot, '7'));
  mkdirSync(join(procRoot, 'self/fd'), { recursive: true });
  mkdirSync(join(procRoot, 'self/fdinfo'), { recursive: true });
});
afterAll(() => rmSync(procRoot, { recursive: true }));

/** What is ignored by a process whose parent ignores the signals of a mask. */
function ignored(mask: string, startedProgram?: string): readonly string[] {
  writeFileSync(join(procRoot, '7/status'), `Name:\tsh\nSigIgn:\t${mask}\nSigCgt:\t00\n`);
  return ignoredSignals({ procRoot, parent: 7, startedProgram });
}

describe('ignoredSignals', () => {
  it('are none for an ordinary start', () => {
    expect(ignored('0000000001001000', '/usr/bin/node')).toEqual([]);
    expect(ignoredSignals({ procRoot, parent: 8, startedProgram: '' })).toEqual([]);
  });

  it('are those that the parent ignores', () => {
    expect(ignored('0000000000000001')).toEqual(['SIGHUP']);
    expect(ignored('0000000000004003')).toEqual(['SIGTERM', 'SIGINT', 'SIGHUP']);
  });

  it('hold SIGHUP after nohup, which leaves a variable or its standard input', () => {
    expect(ignored('0', '/usr/bin/nohup')).toEqual(['SIGHUP']);
    symlinkSync('/dev/null', join(procRoot, 'self/fd/0'));
    writeFileSync(join(procRoot, 'self/fdinfo/0'), 'pos:\t0\nflags:\t0100000\n');
    expect(ignored('0')).toEqual([]);
    writeFileSync(join(procRoot, 'self/fdinfo/0'), 'pos:\t0\nflags:\t0100001\n');
    expect(ignored('0')).toEqual(['SIGHUP']);
  });
});

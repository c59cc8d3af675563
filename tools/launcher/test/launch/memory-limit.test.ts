// Tests of the note on a server process that was killed.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { killNote } from '../../src/launch/memory-limit.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hioload-cgroup-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function noteFor(files: Readonly<Record<string, string>>): string {
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return killNote({ procRoot: join(root, 'proc'), sysRoot: join(root, 'sys') });
}

describe('killNote', () => {
  it('names the lowest limit of the groups of version 2', () => {
    const note = noteFor({
      'proc/self/cgroup': '0::/pod/app\n',
      'sys/fs/cgroup/pod/app/memory.max': 'max\n',
      'sys/fs/cgroup/pod/memory.max': '67108864\n',
    });
    expect(note).toBe(
      '; the kernel does that to a process beyond the memory limit of its cgroup, 64 MiB',
    );
  });

  it('names the limit of version 1', () => {
    const note = noteFor({
      'proc/self/cgroup': '4:memory:/docker/1\n2:cpu:/docker/1\n',
      'sys/fs/cgroup/memory/memory.limit_in_bytes': '134217728\n',
    });
    expect(note).toContain('128 MiB');
  });

  it('speaks of the machine where there is no limit', () => {
    expect(noteFor({ 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/memory.max': 'max\n' })).toBe(
      '; the kernel does that to a process when the machine has no memory left',
    );
  });
});

// Tests of the memory of processes and of the limits of the kernel.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ephemeralPorts, openFilesLimit } from '../src/core/kernel-limits.js';
import { readProcessMemory } from '../src/core/process-memory.js';

function procWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'bench-proc-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

describe('readProcessMemory', () => {
  it('adds up the processes of a server', () => {
    const rollup = (rss: number, anonymous: number) =>
      `5576-7ffd ---p 00000000 00:00 0    [rollup]\nRss:      ${rss} kB\nPss_Anon:    7 kB\n` +
      `Anonymous:      ${anonymous} kB\n`;
    const root = procWith({ '42/smaps_rollup': rollup(30, 20), '43/smaps_rollup': rollup(3, 2) });
    expect(readProcessMemory([42, 43], root)).toEqual({
      resident: 33 * 1024,
      anonymous: 22 * 1024,
    });
    expect(() => readProcessMemory([42, 44], root)).toThrow(/ENOENT/);
  });

  it('says which number a kernel does not tell', () => {
    const root = procWith({ '42/smaps_rollup': 'Rss: 3 kB\n' });
    expect(() => readProcessMemory([42], root)).toThrow('the kernel does not tell Anonymous');
  });
});

describe('the limits of the kernel', () => {
  it('are read from its files', () => {
    const limits = 'Limit                     Soft Limit           Hard Limit           Units\n';
    const root = procWith({
      'self/limits':
        limits + 'Max open files            1024                 4096                 files\n',
      'sys/net/ipv4/ip_local_port_range': '32768\t60999\n',
    });
    expect(openFilesLimit(root)).toBe(4096);
    expect(ephemeralPorts(root)).toBe(28_232);
  });

  it('may be missing', () => {
    const root = procWith({
      'self/limits': 'Max open files            1024        unlimited       files\n',
    });
    expect(openFilesLimit(root)).toBe(Infinity);
  });
});

// Tests of the reader of the NUMA memory policy.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryPolicy } from '../../src/machine/index.js';

let procRoot: string;
beforeEach(() => {
  procRoot = mkdtempSync(join(tmpdir(), 'hioload-proc-'));
  mkdirSync(join(procRoot, 'self'));
});
afterEach(() => rmSync(procRoot, { recursive: true }));

describe('memoryPolicy', () => {
  it.each([
    ['00400000 default file=/usr/bin/node mapped=9 N0=9 kernelpagesize_kB=4\n', 'default'],
    [
      '7f1c06ffd000 bind:0-1,3 anon=2 N1=2 kernelpagesize_kB=4\n7f2c06ffd000 default anon=2\n',
      'bind:0-1,3',
    ],
    ['', null],
  ])('of %j is %s', async (numaMaps, policy) => {
    writeFileSync(join(procRoot, 'self/numa_maps'), numaMaps);
    expect(await memoryPolicy(procRoot)).toBe(policy);
  });

  it('is unknown on a kernel without NUMA', async () => {
    expect(await memoryPolicy(procRoot)).toBeNull();
  });
});

// Tests of the decision whether reactors are pinned.
import type { Affinity, Topology } from '@hioload/api';
import { describe, expect, it } from 'vitest';
import { decidePinning, verifyPinning } from '../../src/supervisor/pinning.js';

const able = { available: { ok: true }, read: () => [0, 2] } as unknown as Affinity;
const unable = { available: { ok: false, reason: 'there is no taskset' } } as unknown as Affinity;
const machine = (cpuQuota: number | null): Topology =>
  ({ allowedCpus: [0, 1, 2, 3], cpuQuota }) as unknown as Topology;

describe('decidePinning', () => {
  it.each([
    ['auto', null, able, true],
    ['auto', 4, able, true],
    ['auto', 1.5, able, false],
    ['auto', null, unable, false],
    ['on', 1.5, able, true],
    ['off', null, able, false],
  ] as const)('%s with a quota of %s', (mode, quota, affinity, pinned) => {
    expect(decidePinning(mode, machine(quota), affinity).pinned).toBe(pinned);
  });

  it('gives the reason if threads are not pinned', () => {
    expect(decidePinning('auto', machine(1.5), able).reason).toMatch(
      /1\.5 CPUs of time on 4 shared CPUs/,
    );
    expect(decidePinning('auto', machine(null), unable).reason).toBe('there is no taskset');
    expect(decidePinning('off', machine(null), able).reason).toBe('--pin off');
  });

  it('fails if it is requested and impossible', () => {
    expect(() => decidePinning('on', machine(null), unable)).toThrow(
      expect.objectContaining({
        code: 'HIOLOAD_AFFINITY_FAILED',
        message: expect.stringContaining('no taskset') as string,
      }),
    );
  });
});

describe('verifyPinning', () => {
  it('passes on these CPUs only', () => {
    verifyPinning(able, 7, [0, 2]);
    for (const cpus of [[0], [0, 1], [0, 2, 3]]) {
      expect(() => verifyPinning(able, 7, cpus)).toThrow(
        expect.objectContaining({ code: 'HIOLOAD_AFFINITY_FAILED' }),
      );
    }
  });
});

// Tests of the list of nodes that reactors use.
import { FakeAffinity, fakeMachine } from '@hioload/fake';
import { describe, expect, it } from 'vitest';
import { nodesInUse } from '../../src/supervisor/nodes-in-use.js';

const machine = fakeMachine({ packages: 2, coresPerLlc: 2 });
const affinity = new FakeAffinity([0, 1, 2, 3]);

describe('nodesInUse', () => {
  it('is the nodes of the places where reactors are pinned', () => {
    expect(nodesInUse({ group: 'core', pin: 'auto' }, machine, affinity)).toEqual([0, 1]);
    expect(nodesInUse({ group: 'core', pin: 'auto', reactors: 2 }, machine, affinity)).toEqual([0]);
    expect(nodesInUse({ group: 'numa', pin: 'on', reactors: 2 }, machine, affinity)).toEqual([
      0, 1,
    ]);
  });

  it('is the nodes of all allowed CPUs where they are not', () => {
    expect(nodesInUse({ group: 'core', pin: 'off', reactors: 1 }, machine, affinity)).toEqual([
      0, 1,
    ]);
    const allowed = { ...machine, allowedCpus: [3] };
    expect(nodesInUse({ group: 'core', pin: 'off' }, allowed, affinity)).toEqual([1]);
    // Time is granted on CPUs that others use, too: `auto` does not pin then.
    const throttled = { ...machine, cpuQuota: 1 };
    expect(nodesInUse({ group: 'core', pin: 'auto' }, throttled, affinity)).toEqual([0, 1]);
  });

  it('fails as the start would', () => {
    expect(() => nodesInUse({ group: 'core', pin: 'off', reactors: 5 }, machine, affinity)).toThrow(
      expect.objectContaining({ code: 'HIOLOAD_PLACEMENT_IMPOSSIBLE' }),
    );
  });
});

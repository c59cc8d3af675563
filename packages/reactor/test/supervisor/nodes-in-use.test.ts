// Tests of the list of nodes that reactors use.
import { FakeAffinity, fakeMachine } from '@hioload/fake';
import { describe, expect, it } from 'vitest';
import { nodesInUse } from '../../src/supervisor/nodes-in-use.js';

const machine = fakeMachine({ packages: 2, coresPerLlc: 2 });
const affinity = new FakeAffinity([0, 1, 2, 3]);

describe('nodesInUse', () => {
  it('are the nodes of the places if reactors are pinned', () => {
    expect(nodesInUse({ group: 'core', pin: 'auto' }, machine, affinity)).toEqual([0, 1]);
    expect(nodesInUse({ group: 'core', pin: 'auto', reactors: 2 }, machine, affinity)).toEqual([0]);
    expect(nodesInUse({ group: 'numa', pin: 'on', reactors: 2 }, machine, affinity)).toEqual([
      0, 1,
    ]);
  });

  it('are the nodes of all allowed CPUs if reactors are not pinned', () => {
    expect(nodesInUse({ group: 'core', pin: 'off', reactors: 1 }, machine, affinity)).toEqual([
      0, 1,
    ]);
    const allowed = { ...machine, allowedCpus: [3] };
    expect(nodesInUse({ group: 'core', pin: 'off' }, allowed, affinity)).toEqual([1]);
    // A quota grants time on CPUs that others use too, so `auto` does not pin.
    const throttled = { ...machine, cpuQuota: 1 };
    expect(nodesInUse({ group: 'core', pin: 'auto' }, throttled, affinity)).toEqual([0, 1]);
  });

  it('fail as the start would', () => {
    expect(() => nodesInUse({ group: 'core', pin: 'off', reactors: 5 }, machine, affinity)).toThrow(
      expect.objectContaining({ code: 'HIOLOAD_PLACEMENT_IMPOSSIBLE' }),
    );
  });
});

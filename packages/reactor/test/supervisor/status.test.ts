// Tests of the health status of a server.
import { MetricsTotals } from '@hioload/pool';
import { describe, expect, it } from 'vitest';
import {
  liveness,
  readiness,
  type ReactorStatus,
  type ServerState,
  type ServerStatus,
} from '../../src/supervisor/status.js';

function server(state: ServerState, ...reactors: Partial<ReactorStatus>[]): ServerStatus {
  return {
    state,
    url: null,
    transport: 'uws',
    pinned: true,
    supervisor: { read: () => 0 },
    lanes: [],
    uptimeSeconds: 0,
    reactors: reactors.map((reactor, index) => ({
      reactor: index,
      state: 'ready',
      stalled: false,
      cpus: [index],
      node: 0,
      threadId: 1,
      loop: 'park',
      restarts: 0,
      lastError: null,
      heapLimitMb: 64,
      totals: new MetricsTotals(),
      ...reactor,
    })),
  };
}

describe('health', () => {
  it.each<[string, ServerStatus, boolean, boolean]>([
    ['before the start', server('idle'), false, false],
    ['while it starts', server('starting', { state: 'starting' }), true, false],
    ['when all serve', server('ready', {}, {}), true, true],
    ['when one of two is being replaced', server('ready', { state: 'failed' }, {}), true, true],
    ['when one of two stalls', server('ready', { stalled: true }, {}), true, true],
    ['when none serves', server('ready', { stalled: true }, { state: 'failed' }), false, false],
    ['while it drains', server('draining', { state: 'draining' }), true, false],
    ['after a start that failed', server('failed'), false, false],
    ['after the stop', server('stopped'), false, false],
  ])('%s', (_, status, live, ready) => {
    expect(liveness(status).ok).toBe(live);
    expect(readiness(status).ok).toBe(ready);
  });

  it('says how many reactors serve', () => {
    expect(readiness(server('ready', { stalled: true }, {})).reason).toBe('1 of 2 reactors serve');
    expect(readiness(server('draining')).reason).toBe('draining');
  });
});

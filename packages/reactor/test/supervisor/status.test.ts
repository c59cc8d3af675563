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
    logLinesLost: 0,
    lanes: [],
    uptimeSeconds: 0,
    stallLimitMs: 30_000,
    admin: { hosts: 0, connections: 0 },
    reactors: reactors.map((reactor, index) => ({
      reactor: index,
      state: 'ready',
      stalled: (reactor.stalledMs ?? 0) > 0,
      stalledMs: 0,
      memoryShort: false,
      stalls: 0,
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
    ['when one of two stalls', server('ready', { stalledMs: 29_800 }, {}), true, true],
    ['when one of two stalls too long', server('ready', { stalledMs: 30_000 }, {}), false, false],
    ['when none serves', server('ready', { stalledMs: 600 }, { state: 'failed' }), true, false],
    ['when none runs', server('ready', { state: 'failed' }, { state: 'starting' }), false, false],
    ['while it drains', server('draining', { state: 'draining' }), true, false],
    ['after a start that failed', server('failed'), false, false],
    ['after the stop', server('stopped'), false, false],
  ])('%s', (_, status, live, ready) => {
    expect(liveness(status).ok).toBe(live);
    expect(readiness(status).ok).toBe(ready);
  });

  it('says how many reactors serve', () => {
    const status = server('ready', { stalledMs: 1_200 }, {}, { state: 'failed' });
    for (const health of [liveness(status), readiness(status)]) {
      expect(health).toEqual({
        ok: true,
        reason: '1 of 3 reactors serve; reactor 0 has been stalled for 1.2 s; reactor 2 is failed',
        serving: 1,
        reactors: 3,
        stalled: [0],
      });
    }
    expect(readiness(server('draining')).reason).toBe('draining');
  });

  it('names the reactors whose memory is short', () => {
    const status = server('ready', {}, { memoryShort: true });
    expect(readiness(status)).toMatchObject({
      ok: true,
      reason: '2 of 2 reactors serve; memory is short on reactor 1',
    });
  });
});

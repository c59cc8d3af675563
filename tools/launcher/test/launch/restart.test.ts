// Tests of starting a server again after it died.
import { describe, expect, it } from 'vitest';
import { failed, GRACE_MS, LOG_STYLE, OPTIONS, start, startReady } from './bench.js';

const KILLED = { signal: 'SIGKILL' } as const;

describe('restart', () => {
  it('starts the next server after a backoff, on the ports of the first', () => {
    const { launcher, servers, clock, log } = startReady();
    servers.last.ends(KILLED);
    expect(launcher.state).toBe('restarting');
    expect(log.messages('error')).toEqual([
      'the server process was ended by SIGKILL; it starts again in 100 ms',
    ]);
    clock.advance(99);
    expect(servers.all).toHaveLength(1);
    clock.advance(1);
    expect(servers.all).toHaveLength(2);
    const admin = { host: '127.0.0.1', port: 9101 };
    expect(servers.last.got).toEqual([
      { type: 'start', options: { ...OPTIONS, port: 9100, admin }, logStyle: LOG_STYLE },
    ]);
    servers.last.becomesReady(9100);
    expect(launcher.state).toBe('ready');
  });

  it('keeps trying while the port is in use, after longer and longer waits', () => {
    const { launcher, servers, clock, log } = startReady();
    servers.last.ends(KILLED);
    const waits = [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000];
    for (const waitMs of waits) {
      const before = servers.all.length;
      clock.advance(waitMs - 1);
      expect(servers.all).toHaveLength(before);
      clock.advance(1);
      expect(servers.all).toHaveLength(before + 1);
      servers.last.says(failed('HIOLOAD_PORT_IN_USE', 'port: 9100 is in use'));
      servers.last.ends({ code: 2 });
      expect(launcher.state).toBe('restarting');
    }
    expect(log.messages('error').at(-1)).toBe(
      'the server process did not start (port: 9100 is in use); it starts again in 10000 ms',
    );
  });

  it('forgets earlier deaths after a minute of health', () => {
    const { servers, clock, log } = startReady();
    const dieAfter = (readyMs: number, waitMs: number): void => {
      clock.advance(readyMs);
      servers.last.ends(KILLED);
      expect(log.messages('error').at(-1)).toContain(`starts again in ${waitMs} ms`);
      clock.advance(waitMs);
      servers.last.becomesReady(9100);
    };
    dieAfter(0, 100);
    dieAfter(59_999, 200);
    dieAfter(60_000, 100);
  });

  it('replaces a server that another person drained', () => {
    const { launcher, servers, clock } = startReady();
    servers.last.says({ type: 'drained', cut: 0, stuck: [] });
    servers.last.ends({ code: 0 });
    expect(launcher.state).toBe('restarting');
    clock.advance(100);
    expect(servers.all).toHaveLength(2);
  });

  it('leaves admin pages off if they were off', () => {
    const { servers, clock } = start({ admin: null });
    servers.last.becomesReady(9100, null);
    servers.last.ends(KILLED);
    clock.advance(100);
    expect(servers.last.got[0]).toMatchObject({ options: { port: 9100, admin: null } });
  });

  it('kills a server that does not answer, and tries again', () => {
    const { launcher, servers, clock } = startReady();
    servers.last.ends(KILLED);
    clock.advance(100);
    clock.advance(OPTIONS.startTimeoutMs + GRACE_MS);
    expect(servers.last.kills).toBe(1);
    servers.last.dies();
    expect(launcher.state).toBe('restarting');
  });
});

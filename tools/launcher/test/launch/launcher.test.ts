// Tests of the launcher: starting, draining and exit codes.
import { describe, expect, it } from 'vitest';
import { SAME_SIGNAL_MS } from '../../src/launch/launcher.js';
import { failed, GRACE_MS, LOG_STYLE, OPTIONS, start, startReady } from './bench.js';

describe('start', () => {
  it('hands its options to the server process, and is ready when it is', () => {
    const { launcher, servers } = start();
    expect(launcher.state).toBe('starting');
    expect(servers.last.got).toEqual([{ type: 'start', options: OPTIONS, logStyle: LOG_STYLE }]);
    servers.last.becomesReady(9100);
    expect(launcher.state).toBe('ready');
  });

  it('fails with 2 and the reason for bad input, and does not try again', async () => {
    const { launcher, servers, clock, outcome } = start();
    const failure = failed('HIOLOAD_OPTION_INVALID', 'reactors must be 1; got 2', true);
    servers.last.says(failure);
    expect(launcher.state).toBe('starting');
    servers.last.ends({ code: 2 });
    expect(await outcome).toEqual({ exitCode: 2, failure });
    expect(launcher.state).toBe('failed');
    clock.advance(60_000);
    expect(servers.all).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  it('fails with 1 for a start that fails although the input is right', async () => {
    const { servers, outcome } = start();
    const failure = failed('HIOLOAD_PORT_IN_USE', 'port: 9001 is in use');
    servers.last.says(failure);
    servers.last.ends({ code: 1 });
    expect(await outcome).toEqual({ exitCode: 1, failure });
  });

  it('fails with 1 for an error that does not come from the framework', async () => {
    const { servers, outcome } = start();
    servers.last.says(failed(undefined, 'out of luck'));
    servers.last.dies();
    expect(await outcome).toMatchObject({ exitCode: 1, failure: { message: 'out of luck' } });
  });

  it.each([
    [{ code: 134 }, 'the server process ended with exit code 134 before it was ready'],
    [{ signal: 'SIGSEGV' }, 'the server process was ended by SIGSEGV before it was ready'],
    [
      { error: new Error('EAGAIN') },
      'the server process could not be started (EAGAIN) before it was ready',
    ],
  ])('fails with 1 if the process ends without a report: %j', async (end, message) => {
    const { servers, outcome } = start();
    servers.last.ends(end);
    expect(await outcome).toMatchObject({ exitCode: 1, failure: { message } });
  });

  it('ends with 0 where somebody ends the server process itself before it is ready', async () => {
    const { servers, outcome } = start();
    servers.last.says({ type: 'drained', cut: 0, stuck: [] });
    servers.last.ends({ code: 0 });
    expect(await outcome).toEqual({ exitCode: 0 });
  });

  it('kills a server that gives no answer', async () => {
    const { servers, clock, outcome } = start();
    clock.advance(OPTIONS.startTimeoutMs + GRACE_MS - 1);
    expect(servers.last.kills).toBe(0);
    clock.advance(1);
    expect(servers.last.kills).toBe(1);
    servers.last.dies();
    const message = 'the server process gave no answer within 15000 ms and was killed';
    expect(await outcome).toMatchObject({ exitCode: 1, failure: { message } });
  });

  it('kills a server that failed and does not end', () => {
    const { servers, clock } = start();
    servers.last.says(failed('HIOLOAD_MODULE_FAILED', 'module: it threw'));
    clock.advance(GRACE_MS);
    expect(servers.last.kills).toBe(1);
  });
});

describe('signals', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'drains for %s and ends with 0',
    async (name) => {
      const { launcher, servers, clock, outcome } = startReady();
      launcher.signal(name);
      expect(launcher.state).toBe('draining');
      expect(servers.last.got.slice(1)).toEqual([{ type: 'drain', reason: name }]);
      servers.last.says({ type: 'drained', cut: 0, stuck: [] });
      servers.last.ends({ code: 0 });
      expect(await outcome).toEqual({ exitCode: 0 });
      expect(launcher.state).toBe('stopped');
      expect(clock.pending).toBe(0);
      expect(servers.last.kills).toBe(0);
    },
  );

  it('treats the same signal within half a second as one', () => {
    const { launcher, servers, clock } = startReady();
    launcher.signal('SIGINT');
    launcher.signal('SIGINT');
    clock.advance(SAME_SIGNAL_MS - 1);
    launcher.signal('SIGINT');
    expect(servers.last.kills).toBe(0);
    expect(servers.last.got).toHaveLength(2);
    clock.advance(1);
    launcher.signal('SIGINT');
    expect(servers.last.kills).toBe(1);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends at once for %s as a second signal, with %i', async (name, exitCode) => {
    const { launcher, servers, clock, log, outcome } = startReady();
    launcher.signal('SIGTERM');
    clock.advance(SAME_SIGNAL_MS);
    launcher.signal(name);
    expect(servers.last.kills).toBe(1);
    servers.last.dies();
    expect(await outcome).toEqual({ exitCode });
    expect(log.messages('warn')).toEqual([`${name} is the second signal: the server ends at once`]);
  });

  it('treats a different signal as a second one at once', () => {
    const { launcher, servers } = startReady();
    launcher.signal('SIGHUP');
    launcher.signal('SIGTERM');
    expect(servers.last.kills).toBe(1);
  });

  it('lets a server that still starts drain after its start', async () => {
    const { launcher, servers, clock, outcome } = start();
    launcher.signal('SIGTERM');
    expect(servers.last.got.at(-1)).toEqual({ type: 'drain', reason: 'SIGTERM' });
    servers.last.becomesReady(9100);
    expect(launcher.state).toBe('draining');
    clock.advance(OPTIONS.startTimeoutMs + OPTIONS.drain.deadlineMs);
    expect(servers.last.kills).toBe(0);
    servers.last.ends({ code: 0 });
    expect(await outcome).toEqual({ exitCode: 0 });
  });

  it('ends with 0 if the server could not have started', async () => {
    const { launcher, servers, outcome } = start();
    launcher.signal('SIGTERM');
    servers.last.says(failed('HIOLOAD_PORT_IN_USE', 'port: 9001 is in use'));
    servers.last.ends({ code: 2 });
    expect(await outcome).toEqual({ exitCode: 0 });
  });

  it('ends at once while it waits for the next start', async () => {
    const { launcher, servers, clock, outcome } = startReady();
    servers.last.dies();
    launcher.signal('SIGTERM');
    expect(await outcome).toEqual({ exitCode: 0 });
    expect(clock.pending).toBe(0);
    expect(servers.all).toHaveLength(1);
  });
});

describe('a drain that fails', () => {
  it('kills a server that still runs after the deadline and a grace time', async () => {
    const { launcher, servers, clock, log, outcome } = startReady();
    launcher.signal('SIGTERM');
    clock.advance(OPTIONS.drain.deadlineMs + GRACE_MS - 1);
    expect(servers.last.kills).toBe(0);
    clock.advance(1);
    expect(servers.last.kills).toBe(1);
    servers.last.dies();
    expect(await outcome).toEqual({ exitCode: 1 });
    expect(log.messages('error')).toEqual([
      'the server has not ended within 15000 ms after the drain began: it is killed',
    ]);
  });

  it('ends with 1 and names the reactors that did not end', async () => {
    const { launcher, servers, log, outcome } = startReady();
    launcher.signal('SIGTERM');
    servers.last.says({ type: 'drained', cut: 0, stuck: [1, 3] });
    servers.last.dies();
    expect(await outcome).toEqual({ exitCode: 1 });
    expect(log.messages('error')).toEqual([
      'reactors 1, 3 did not end: the server process was killed',
    ]);
  });

  it('ends with 1 if the server dies during the drain', async () => {
    const { launcher, servers, log, outcome } = startReady();
    launcher.signal('SIGTERM');
    servers.last.ends({ signal: 'SIGSEGV' });
    expect(await outcome).toEqual({ exitCode: 1 });
    expect(log.messages('error')).toEqual([
      'the server process was ended by SIGSEGV while it drained',
    ]);
  });

  it('kills a drained server that does not end, and counts it as a success', async () => {
    const { launcher, servers, clock, outcome } = startReady();
    launcher.signal('SIGTERM');
    servers.last.says({ type: 'drained', cut: 2, stuck: [] });
    clock.advance(GRACE_MS);
    expect(servers.last.kills).toBe(1);
    servers.last.dies();
    expect(await outcome).toEqual({ exitCode: 0 });
  });
});

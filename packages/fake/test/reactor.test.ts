// Tests of the fake reactor.
import { type DrainOptions, ReactorState } from '@hioload/api';
import { describe, expect, it } from 'vitest';
import { FakeClock, FakeReactor } from '../src/index.js';

const GENTLY: DrainOptions = { code: 1001, reason: '', spreadMs: 0, deadlineMs: 1_000 };
const coded = (code: string): unknown => expect.objectContaining({ code });

describe('FakeReactor', () => {
  it('starts once, and tells its port', async () => {
    const reactor = new FakeReactor({ index: 3, port: 9_100 });
    expect([reactor.index, reactor.state]).toEqual([3, ReactorState.Starting]);
    expect(await reactor.start()).toBe(9_100);
    expect(reactor.state).toBe(ReactorState.Ready);
    await expect(reactor.start()).rejects.toThrow(coded('HIOLOAD_STATE'));
  });

  it('fails to start with the error it is given', async () => {
    const startError = new Error('no port');
    const reactor = new FakeReactor({ startError });
    await expect(reactor.start()).rejects.toBe(startError);
    expect(reactor.state).toBe(ReactorState.Failed);
  });

  it('holds its start until told, or stopped', async () => {
    const reactor = new FakeReactor({ holdsStart: true });
    const started = reactor.start();
    expect(reactor.state).toBe(ReactorState.Starting);
    reactor.finishStart();
    expect(await started).toBe(9_001);

    const stopped = new FakeReactor({ holdsStart: true });
    const neverReady = stopped.start();
    await stopped.stop();
    await expect(neverReady).rejects.toThrow(coded('HIOLOAD_STATE'));
    expect(stopped.state).toBe(ReactorState.Stopped);
  });

  it('drains until the last connection has gone; later calls join', async () => {
    const reactor = new FakeReactor({ connections: 2 });
    await reactor.start();
    const drains = [reactor.drain(GENTLY), reactor.drain({ ...GENTLY, code: 1012 })];
    let drained = false;
    void drains[1]!.then(() => (drained = true));
    reactor.disconnect(1);
    await Promise.resolve();
    expect([reactor.state, reactor.connections, drained]).toEqual([
      ReactorState.Draining,
      1,
      false,
    ]);
    reactor.disconnect(1);
    await Promise.all(drains);
    expect(reactor.drains.map(({ code }) => code)).toEqual([1001, 1012]);
  });

  it('cuts what is left at the deadline', async () => {
    const clock = new FakeClock();
    const reactor = new FakeReactor({ connections: 5, clock });
    await reactor.start();
    const drained = reactor.drain(GENTLY);
    clock.advance(999);
    expect(reactor.connections).toBe(5);
    clock.advance(1);
    await drained;
    expect(reactor.connections).toBe(0);
  });

  it('refuses a deadline before the end of the spread', async () => {
    const reactor = new FakeReactor();
    await expect(reactor.drain({ ...GENTLY, spreadMs: 1_001 })).rejects.toThrow(
      coded('HIOLOAD_OPTION_INVALID'),
    );
  });

  it('fails at any time, and lets go of who waits', async () => {
    const reactor = new FakeReactor({ connections: 1 });
    await reactor.start();
    const drained = reactor.drain(GENTLY);
    reactor.fail();
    await drained;
    expect([reactor.state, reactor.connections]).toEqual([ReactorState.Failed, 0]);
  });
});

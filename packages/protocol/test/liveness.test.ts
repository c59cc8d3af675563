// Tests of owed pongs and of the watch over idle connections.
import { FakeBytePool } from '@hioload/fake';
import { describe, expect, it } from 'vitest';
import { FrameEncoder, IdleVerdict, IdleWatch, PendingPong } from '../src/index.js';

describe('PendingPong', () => {
  it('owes one pong for any number of pings, with the latest payload', () => {
    const encoder = new FrameEncoder({ role: 'server', pool: new FakeBytePool() });
    const pong = new PendingPong();
    expect(pong.isOwed).toBe(false);
    for (let i = 0; i < 1_000; i++) {
      const ping = Buffer.from(`xx${i}`);
      pong.owe(ping, 2, ping.length);
      ping.fill(0);
    }
    expect(pong.isOwed).toBe(true);
    expect(pong.pay(encoder)).toBe(true);
    expect(encoder.pendingBytes).toBe(5);
    encoder.flush((bytes, start, end) =>
      expect(Buffer.from(bytes.subarray(start + 2, end)).toString()).toBe('999'),
    );
    expect(pong.isOwed).toBe(false);
    expect(pong.pay(encoder)).toBe(true);
    expect(encoder.pendingBytes).toBe(0);
  });

  it('owes an empty pong and one of 125 bytes', () => {
    for (const length of [0, 125]) {
      const encoder = new FrameEncoder({ role: 'server', pool: new FakeBytePool() });
      const pong = new PendingPong();
      pong.owe(new Uint8Array(length), 0, length);
      pong.pay(encoder);
      expect(encoder.pendingBytes).toBe(2 + length);
    }
  });

  it('still owes a pong for which there was no memory', () => {
    const pong = new PendingPong();
    pong.owe(Buffer.from('a'), 0, 1);
    expect(
      pong.pay(new FrameEncoder({ role: 'server', pool: new FakeBytePool({ maxBytes: 0 }) })),
    ).toBe(false);
    expect(pong.isOwed).toBe(true);
  });
});

describe('IdleWatch', () => {
  it('asks for one ping at half the time, and for a cut at the end', () => {
    const watch = new IdleWatch(120_000, 1_000);
    const at = [60_999, 61_000, 61_001, 120_999, 121_000].map((nowMs) => watch.check(nowMs));
    expect(at).toEqual([
      IdleVerdict.Fine,
      IdleVerdict.Ping,
      IdleVerdict.Fine,
      IdleVerdict.Fine,
      IdleVerdict.Cut,
    ]);
  });

  it('starts again with each sign of life', () => {
    const watch = new IdleWatch(100, 0);
    expect(watch.check(50)).toBe(IdleVerdict.Ping);
    watch.heard(60);
    expect([watch.check(109), watch.check(110), watch.check(160)]).toEqual(['fine', 'ping', 'cut']);
  });

  it('does nothing when it is off, and refuses impossible times', () => {
    expect(new IdleWatch(0, 0).check(1e12)).toBe(IdleVerdict.Fine);
    for (const idleMs of [-1, 1, NaN, Infinity]) {
      expect(() => new IdleWatch(idleMs, 0)).toThrow(
        expect.objectContaining({ code: 'HIOLOAD_OPTION_INVALID' }),
      );
    }
  });
});

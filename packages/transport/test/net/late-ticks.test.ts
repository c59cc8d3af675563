// Tests that time in which the thread stood still does not count against the peers.
import type { Clock } from '@hioload/api';
import { FakeClock } from '@hioload/fake';
import { nextTurn } from '@hioload/test-support/waiting';
import { frame, Op } from '@hioload/test-support/wire';
import { describe, expect, it } from 'vitest';
import { OwnNetConn } from './own-net-conn.js';
import { open } from './stage.js';

/** A clock that can jump: the timers of the time that it jumps over come due late, once. */
class JumpingClock implements Clock {
  readonly #clock = new FakeClock();
  #jumpedMs = 0;

  now(): number {
    return this.#clock.now() + this.#jumpedMs;
  }

  after(delayMs: number, work: () => void): () => void {
    return this.#clock.after(delayMs, work);
  }

  advance(ms: number): void {
    this.#clock.advance(ms);
  }

  /** Stands still for a time, and lets the due timers fire. */
  jump(ms: number): void {
    this.#jumpedMs += ms;
    this.#clock.advance(250);
  }
}

const limits = {
  idleTimeoutSeconds: 8,
  handshakeTimeoutSeconds: 2,
  closeTimeoutSeconds: 2,
  messageTimeoutSeconds: 2,
};

async function stand(handlers = {}) {
  const clock = new JumpingClock();
  const stage = await open(handlers, { limits, clock });
  return { ...stage, clock };
}

describe('after a time in which the thread stood still', () => {
  it('keeps a connection whose bytes wait, and cuts it where none come', async () => {
    const { net, clock } = await stand({});
    clock.advance(1_000);
    clock.jump(10_000);
    expect(net.calls).toEqual([]);
    net.arrive(frame(Op.Text, 'waited'));
    clock.advance(6_000);
    expect(net.calls).toEqual([]);
    clock.advance(4_000);
    expect(net.calls).toEqual(['abort']);
  });

  it('asks a silent peer for a pong before it cuts the peer', async () => {
    const { net, clock } = await stand();
    clock.advance(1_000);
    clock.jump(60_000);
    net.writes.splice(0);
    clock.advance(4_500);
    await nextTurn();
    expect(net.writes.map((bytes) => bytes[0])).toEqual([0x80 | Op.Ping]);
    expect(net.calls).toEqual([]);
  });

  it('waits for the rest of a handshake, of a message, of a close and of a page', async () => {
    const { transport, net, conn, clock, connect } = await stand();
    const opening = new OwnNetConn();
    transport.accept(opening);
    opening.arrive('GET / HTTP/1.1\r\n');
    const closing = connect();
    closing.isTaking = false;
    net.arrive(frame(Op.Text, 'first', { fin: false }));
    clock.advance(500);
    conn.send('still open');
    clock.jump(10_000);
    expect([opening.calls, net.calls]).toEqual([[], []]);
    opening.arrive('Host: localhost\r\n\r\n');
    net.arrive(frame(Op.Continuation, 'last'));
    clock.advance(5_000);
    expect(net.calls).toEqual([]);
    expect(String(opening.writes[0])).toMatch(/^HTTP\/1.1 426/);
  });

  it('excuses a thread once, and not one that is always late', async () => {
    const { net, clock } = await stand();
    for (let i = 0; i < 20; i++) clock.jump(2_000);
    expect(net.calls).toEqual(['abort']);
  });
});

// Tests of sending to a connection on any reactor, and of ending it.
import { type ConnId, Metric } from '@hioload/api';
import type { FakePeer } from '@hioload/fake';
import { afterEach, describe, expect, it } from 'vitest';
import { BusMachine, settle, type TestReactor } from './machine.js';

let machine: BusMachine;
let first: TestReactor;
let second: TestReactor;
afterEach(() => machine.dispose());

async function start(): Promise<void> {
  machine = new BusMachine(2);
  [first, second] = [await machine.join(0), await machine.join(1)];
}

const idOf = (peer: FakePeer): ConnId => peer.conn!.id;

describe('send', () => {
  it('reaches one connection, wherever it lives', async () => {
    await start();
    const peers = [first, second].map((reactor) => reactor.transport.connect());
    const others = [first, second].map((reactor) => reactor.transport.connect());
    for (const peer of peers) {
      expect(first.bus.send(idOf(peer), 'text')).toBe('sent');
      expect(first.bus.send(idOf(peer), new Uint8Array([1, 2]))).toBe('sent');
      expect(first.bus.send(idOf(peer), 'long'.repeat(1_000), { binary: true })).toBe('sent');
    }
    await settle();
    for (const peer of peers) {
      expect(peer.received.map(({ isBinary, bytes }) => [isBinary, bytes.length])).toEqual([
        [false, 4],
        [true, 2],
        [true, 4_000],
      ]);
    }
    expect(others.map(({ received }) => received.length)).toEqual([0, 0]);
    expect(machine.leases()).toBe(0);
  });

  it('keeps the order among sent and published messages', async () => {
    await start();
    const peer = second.subscriber('news');
    for (let i = 0; i < 50; i++) {
      if (i % 2 === 0) first.bus.publish('news', `${i}`);
      else first.bus.send(idOf(peer), `${i}`);
    }
    await settle();
    expect(peer.texts).toEqual(Array.from({ length: 50 }, (_, i) => `${i}`));
  });

  it('counts a message whose connection had ended before its arrival', async () => {
    await start();
    const peer = second.transport.connect();
    const id = idOf(peer);
    first.bus.send(id, 'too late');
    peer.vanish();
    await settle();
    expect(second.metrics.read(Metric.DroppedConnectionGone)).toBe(1);
    expect(second.bus.send(id, 'here')).toBe('closed');
  });

  it('reports no such connection if the reactor has another life or never ran', async () => {
    await start();
    const id = idOf(second.transport.connect());
    machine.stop(second);
    expect(first.bus.send(id, 'x')).toBe('closed');
    second = await machine.join(1);
    expect(first.bus.send(id, 'x')).toBe('closed');
    expect(first.bus.end(id)).toBe('closed');
    expect(first.bus.send((700 * 2 ** 43) as ConnId, 'x')).toBe('closed');
    expect(first.bus.send(Number.NaN as ConnId, 'x')).toBe('closed');
    expect(first.bus.send(-1 as ConnId, 'x')).toBe('closed');
    const near = idOf(second.transport.connect()) + 0.5;
    expect(first.bus.send(near as ConnId, 'x')).toBe('closed');
    expect(first.bus.end(near as ConnId)).toBe('closed');
    expect(first.bus.send(`${near}` as unknown as ConnId, 'x')).toBe('closed');
  });

  it('reports no such connection for an id that no connection can have', async () => {
    machine = new BusMachine(2);
    const reactors = [await machine.join(0), await machine.join(1)];
    for (const { bus } of reactors) {
      for (const id of [0, -1, 1.5, NaN] as ConnId[]) {
        expect(bus.send(id, 'to nobody')).toBe('closed');
        expect(bus.end(id)).toBe('closed');
      }
    }
  });

  it('finds the life of a connection while a reactor and its successor both run', async () => {
    await start();
    const beside = await machine.join(1, {}, true);
    const peers = [second.transport.connect(), beside.transport.connect()];
    for (const peer of peers) expect(first.bus.send(idOf(peer), 'you')).toBe('sent');
    expect(second.bus.send(idOf(peers[1]!), 'from your neighbour')).toBe('sent');
    await settle();
    expect(peers.map(({ texts }) => texts)).toEqual([['you'], ['you', 'from your neighbour']]);
  });

  it('reaches nobody from a reactor that has left the bus', async () => {
    await start();
    const peer = second.transport.connect();
    machine.stop(first);
    expect(first.bus.send(idOf(peer), 'x')).toBe('closed');
    expect(first.bus.end(idOf(peer))).toBe('closed');
    await settle();
    expect([peer.texts, peer.closedWith]).toEqual([[], undefined]);
  });

  it('is lost and counted if the lane is full', async () => {
    machine = new BusMachine(2);
    first = await machine.join(0);
    const { firstConnId } = machine.joinAndHang(1, 'unused');
    const statuses = Array.from({ length: 300 }, () =>
      first.bus.send(firstConnId, 'x'.repeat(100)),
    );
    const dropped = statuses.filter((status) => status === 'dropped').length;
    expect(dropped).toBeGreaterThan(0);
    expect(statuses.filter((status) => status === 'sent')).toHaveLength(300 - dropped);
    expect(first.metrics.read(Metric.DroppedLaneFull)).toBe(dropped);
  });
});

describe('end', () => {
  it('closes one connection, wherever it lives, with code and reason', async () => {
    await start();
    const peers = [first, second].map((reactor) => reactor.transport.connect());
    for (const peer of peers) expect(first.bus.end(idOf(peer), 4_001, 'enough – go')).toBe('sent');
    await settle();
    for (const { closedWith } of peers)
      expect(closedWith).toEqual({ code: 4_001, reason: 'enough – go' });
    expect(first.bus.end(4 as ConnId)).toBe('closed');
  });

  it('refuses codes and reasons that no close frame can hold, on any reactor', async () => {
    await start();
    const id = idOf(second.transport.connect());
    const coded = (code: string): unknown => expect.objectContaining({ code });
    expect(() => first.bus.end(id, 1_005)).toThrow(coded('HIOLOAD_CLOSE_CODE_INVALID'));
    expect(() => first.bus.end(id, 1_000, 'x'.repeat(124))).toThrow(
      coded('HIOLOAD_CLOSE_REASON_TOO_LONG'),
    );
  });
});

// Tests that faults of others do not reach the bus: of a transport, of a listener, of a message.
import { afterEach, expect, it } from 'vitest';
import { BusMachine, settle, type TestReactor } from './machine.js';

let machine: BusMachine;
let first: TestReactor;
let second: TestReactor;
afterEach(() => machine.dispose());

async function start(): Promise<void> {
  machine = new BusMachine(2);
  [first, second] = [await machine.join(0), await machine.join(1)];
}

const mine = new Error('of the transport');

it('names a transport that throws, and reads on', async () => {
  await start();
  const heard: string[] = [];
  const peer = second.subscriber('news');
  second.bus.subscribe('news', (_, message) => heard.push(message.text()));
  second.transport.deliver = () => {
    throw mine;
  };
  first.bus.publish('news', 'one');
  first.bus.publish('news', 'two');
  second.transport.connection = () => {
    throw mine;
  };
  first.bus.send(peer.conn!.id, 'to one');
  first.bus.end(peer.conn!.id);
  await settle();
  expect(heard).toEqual(['one', 'two']);
  expect(second.faults.map(({ code, cause }) => [code, cause])).toEqual(
    Array.from({ length: 4 }, () => ['HIOLOAD_PART_FAILED', mine]),
  );
  expect(second.faults[0]!.message).toBe(
    'the transport fake failed in deliver() with a message of another reactor: of the transport',
  );
});

it('takes a listener whose promise is none for a fault of the listener', async () => {
  await start();
  first.bus.subscribe('news', () => ({ then: () => Promise.reject(mine) }));
  first.bus.publish('news', 'one');
  await settle();
  expect(first.faults.map(({ code, cause }) => [code, cause])).toEqual([
    ['HIOLOAD_HANDLER_FAILED', mine],
  ]);
});

it('refuses what cannot be sent, whether anybody gets it or not', async () => {
  await start();
  const peer = second.subscriber('news');
  for (const value of [null, 7, {}, new Blob(['text'])] as never[]) {
    for (const publish of [
      () => first.bus.publish('news', value),
      () => first.bus.publish('nobody', value),
      () => first.bus.send(peer.conn!.id, value),
    ])
      expect(publish).toThrow('a message must be a string, bytes');
  }
});

it('mends text that is not well-formed', async () => {
  await start();
  const peer = second.subscriber('news');
  first.bus.publish('news', 'a\ud83d');
  first.bus.publish('news', Uint8Array.of(0x61, 0xed, 0xa0, 0xbd), { binary: false });
  first.bus.send(peer.conn!.id, Uint8Array.of(0x80), { binary: false });
  await settle();
  expect(peer.texts).toEqual(['a\ufffd', 'a\ufffd\ufffd\ufffd', '\ufffd']);
});

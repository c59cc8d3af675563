// Cases of the transport contract: what can be sent, and what is refused with one error.
import { HioloadError, SendStatus } from '@hioload/api';
import { runInNewContext } from 'node:vm';
import { expect } from 'vitest';
import { type CaseGroup, closeOf, hasReceived, type Scene, textsOf } from '../scene.js';

/** A buffer whose memory has been transferred. */
function detached(): ArrayBuffer {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

/** A view whose memory has been transferred. */
function detachedView(): Uint8Array {
  const view = new Uint8Array(8);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
}

type Resizable = ArrayBuffer & { resize(byteLength: number): void };
const ResizableBuffer = ArrayBuffer as unknown as new (
  byteLength: number,
  options: { readonly maxByteLength: number },
) => Resizable;

/** A view that its buffer has left behind. */
function outOfBounds(): Uint8Array {
  const buffer = new ResizableBuffer(16, { maxByteLength: 16 });
  const view = new Uint8Array(buffer, 8, 8);
  buffer.resize(4);
  return view;
}

const thrower = {
  get bytes(): never {
    throw new Error('of the application');
  },
};

/** Values that cannot be sent, each with what the error says about it. */
const REFUSED: readonly (readonly [make: () => unknown, got: string])[] = [
  [() => undefined, 'undefined'],
  [() => null, 'null'],
  [() => 42, 'the number 42'],
  [() => Number.NaN, 'the number NaN'],
  [() => 7n, 'the bigint 7'],
  [() => true, 'the boolean true'],
  [() => Symbol('s'), 'the symbol Symbol(s)'],
  [() => () => 'text', 'a function'],
  [() => ({}), 'an object of the class Object'],
  [() => Object.create(null), 'an object'],
  [() => [1, 2], 'an object of the class Array'],
  [() => new Date(), 'an object of the class Date'],
  [() => new Map(), 'an object of the class Map'],
  [() => Object('text'), 'an object of the class String'],
  [() => new Blob(['text']), 'an object of the class Blob'],
  [() => new Response('text'), 'an object of the class Response'],
  [() => Promise.resolve('text'), 'an object of the class Promise'],
  [() => new DataView(new ArrayBuffer(1)), 'an object of the class DataView'],
  [() => new Uint16Array(1), 'an object of the class Uint16Array'],
  [() => new Uint8ClampedArray(1), 'an object of the class Uint8ClampedArray'],
  [() => Object.create(Uint8Array.prototype), 'an object of the class Uint8Array'],
  [() => Object.create(ArrayBuffer.prototype), 'an object of the class ArrayBuffer'],
  [() => ({ isBinary: true, bytes: () => 'text' }), 'an object of the class Object'],
  [() => thrower, 'an object of the class Object'],
  [() => detached(), 'an ArrayBuffer that is detached'],
  [() => detachedView(), 'a Uint8Array that is detached'],
  [() => outOfBounds(), 'a Uint8Array that lies outside'],
];

/** The error of a call, which must be of the framework. */
function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(HioloadError);
    expect((error as HioloadError).code).toBe('HIOLOAD_OPTION_INVALID');
    return (error as HioloadError).message;
  }
  throw new Error('the call did not throw');
}

async function openOne(scene: Scene) {
  const server = await scene.serve();
  return { server, ...(await server.connectBoth()) };
}

export const sendableCases: CaseGroup = {
  'names what cannot be sent and what can, whoever is there to get it': async (scene) => {
    const { server, peer, conn } = await openOne(scene);
    conn.subscribe('room');
    for (const [make, got] of REFUSED) {
      for (const call of [
        (value: never) => conn.send(value),
        (value: never) => conn.publish('room', value),
        (value: never) => conn.publish('nobody', value),
        (value: never) => server.transport.publish('room', value),
        (value: never) => server.transport.publish('nobody', value),
      ]) {
        const message = refusal(() => call(make() as never));
        expect(message).toContain('must be a string');
        expect(message).toContain(`got ${got}`);
      }
    }
    conn.send('still open');
    await hasReceived(peer, 1);
    expect(textsOf(peer)).toEqual(['still open']);
  },

  'names what cannot be the payload of a ping': async (scene) => {
    const { conn } = await openOne(scene);
    for (const [make, got] of REFUSED) {
      const value = make();
      if (value === undefined) continue;
      const message = refusal(() => conn.ping(value as never));
      expect(message).toContain('a ping payload must be a string or bytes');
      expect(message).toContain(`got ${got}`);
    }
    expect(conn.ping(new ArrayBuffer(0))).toBe(SendStatus.Sent);
  },

  'sends bytes of another realm and of a buffer that can be resized': async (scene) => {
    const { peer, conn } = await openOne(scene);
    const foreign = runInNewContext('new Uint8Array([102, 111, 114])') as Uint8Array;
    const foreignBuffer = runInNewContext('new Uint8Array([102, 111, 114]).buffer') as ArrayBuffer;
    const resizable = new ResizableBuffer(3, { maxByteLength: 9 });
    const tracking = new Uint8Array(resizable);
    tracking.set(foreign);
    for (const message of [foreign, foreignBuffer, resizable, tracking])
      expect(conn.send(message)).toBe(SendStatus.Sent);
    for (const empty of [new Uint8Array(0), new ArrayBuffer(0), '']) conn.send(empty);
    await hasReceived(peer, 7);
    expect(textsOf(peer)).toEqual(['for', 'for', 'for', 'for', '', '', '']);
  },

  'sends an object that has the members of an incoming message': async (scene) => {
    const { peer, conn } = await openOne(scene);
    const bytes = (): Uint8Array => Buffer.from('like a message');
    for (const isBinary of [true, false]) conn.send({ isBinary, bytes } as never);
    await hasReceived(peer, 2);
    expect(peer.received.map((message) => message.isBinary)).toEqual([true, false]);
    expect(textsOf(peer)).toEqual(['like a message', 'like a message']);
  },

  'refuses an option binary that is not true or false': async (scene) => {
    const { server, conn } = await openOne(scene);
    conn.subscribe('room');
    for (const binary of ['no', 0, null, {}]) {
      const options = { binary } as never;
      for (const call of [
        () => conn.send('text', options),
        () => server.transport.publish('room', 'text', options),
      ])
        expect(refusal(call)).toContain('binary must be true or false; got');
    }
  },

  'costs the connection of the hook that sends what cannot be sent': async (scene) => {
    const server = await scene.serve({
      message: (conn, message) => {
        conn.send(message.text() === 'bad' ? (new Blob(['text']) as never) : 'good');
      },
    });
    const other = await server.connect();
    const peer = await server.connect();
    peer.send('bad');
    expect((await closeOf(peer)).code).toBe(1011);
    other.send('good');
    await hasReceived(other, 1);
    expect(server.faults).toHaveLength(1);
  },
};

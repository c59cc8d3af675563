/* Proves that every kind of message comes out of an OutgoingMessage with the same payload. */
import type { Sendable } from '@hioload/api';
import { OutgoingMessage, RangeMessage } from '@hioload/transport/message';
import { expect, it } from 'vitest';

const PAYLOAD = 'a payload with ümlauts that is longer than every limit of the short ways';

/** Every form in which a call can pass `text`, by name. */
function formsOf(text: string): [name: string, message: Sendable, isBinary: boolean][] {
  const bytes = new Uint8Array(Buffer.from(`<<<${text}>>>`)).slice(3, -3);
  const around = new Uint8Array(Buffer.from(`<<<${text}>>>`));
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  const range = new RangeMessage();
  range.begin(around, 3, around.length - 3, false);
  const foreign = {
    isBinary: true,
    byteLength: bytes.length,
    bytes: () => bytes,
    text: () => text,
    json: <T>() => JSON.parse(text) as T,
    copy: () => bytes.slice(),
  };
  return [
    ['a string', text, false],
    ['a Uint8Array', bytes, true],
    ['an ArrayBuffer', bytes.buffer, true],
    ['a SharedArrayBuffer', shared, true],
    ['a range message', range, false],
    ['a message of another transport', foreign, true],
  ];
}

for (const text of ['', 'short', 'ünï', 'exactly sixteen.', PAYLOAD]) {
  it.each(formsOf(text))(`writes ${JSON.stringify(text.slice(0, 9))} given as %s`, (...form) => {
    const [, message, isBinary] = form;
    const outgoing = new OutgoingMessage();
    // The object has held another message before.
    outgoing.set('another text', undefined);
    expect(outgoing.byteLength).toBe(12);
    outgoing.clear();
    outgoing.set(message, undefined);
    expect([outgoing.isBinary, outgoing.byteLength]).toEqual([isBinary, Buffer.byteLength(text)]);
    const target = Buffer.alloc(128, '.');
    const pad = outgoing.padBehind(16);
    outgoing.writeTo(target, 16 + pad);
    expect(target.toString()).toBe(
      '.'.repeat(16 + pad) + text + '.'.repeat(112 - pad - Buffer.byteLength(text)),
    );
    expect(Buffer.from(outgoing.view()).toString()).toBe(text);
    outgoing.set(message, { binary: !isBinary });
    expect([outgoing.isBinary, outgoing.byteLength]).toEqual([!isBinary, Buffer.byteLength(text)]);
  });
}

it('pads a long payload to the alignment of its source', () => {
  const outgoing = new OutgoingMessage();
  const memory = new Uint8Array(128);
  outgoing.set(memory.subarray(5, 105), undefined);
  for (let offset = 0; offset < 8; offset++) {
    expect((offset + outgoing.padBehind(offset)) % 8).toBe(5);
  }
});

it.each([
  [null, 'null'],
  [undefined, 'undefined'],
  [7, 'the number 7'],
  [{}, 'an object of the class Object'],
  [{ bytes: 'text' }, 'an object of the class Object'],
])('refuses %j', (value, got) => {
  const outgoing = new OutgoingMessage();
  expect(() => outgoing.set(value as Sendable, undefined)).toThrow(
    'a message must be a string, bytes (a Uint8Array, an ArrayBuffer or a SharedArrayBuffer) or ' +
      `an incoming message; got ${got}`,
  );
});

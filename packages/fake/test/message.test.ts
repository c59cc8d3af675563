// Tests of the fake message.
import { describe, expect, it } from 'vitest';
import { FakeMessage } from '../src/index.js';

const expired = expect.objectContaining({ code: 'HIOLOAD_MESSAGE_EXPIRED' });

describe('FakeMessage', () => {
  it('is text or binary like its payload, unless options say otherwise', () => {
    expect(new FakeMessage('text').isBinary).toBe(false);
    expect(new FakeMessage(Uint8Array.of(1)).isBinary).toBe(true);
    expect(new FakeMessage(new ArrayBuffer(1)).isBinary).toBe(true);
    expect(new FakeMessage(new FakeMessage('text')).isBinary).toBe(false);
    expect(new FakeMessage(Buffer.from('text'), { binary: false }).isBinary).toBe(false);
  });

  it('shows its payload', () => {
    const message = new FakeMessage('{"é":[1]}');
    expect(message.byteLength).toBe(10);
    expect(message.text()).toBe('{"é":[1]}');
    expect(message.json()).toEqual({ é: [1] });
    expect(Buffer.from(message.bytes()).toString()).toBe('{"é":[1]}');
  });

  it('keeps a byte order mark, as a WebSocket does', () => {
    expect(new FakeMessage('\ufeffhello').text()).toBe('\ufeffhello');
  });

  it('expires for good, overwrites views and leaves copies alone', () => {
    const message = new FakeMessage('secret');
    const [view, copy] = [message.bytes(), message.copy()];
    message.expire();
    expect(() => message.text()).toThrow(expired);
    expect(() => message.isBinary).toThrow(expired);
    expect(Buffer.from(view).toString()).not.toBe('secret');
    expect(Buffer.from(copy).toString()).toBe('secret');
  });

  it('is lent until the handler returns, also if it returns a promise', async () => {
    const handler = async (message: FakeMessage): Promise<string> => {
      const before = message.text();
      await Promise.resolve();
      expect(() => message.text()).toThrow(expired);
      return before;
    };
    expect(await new FakeMessage('hello').lend(handler)).toBe('hello');
  });

  it('expires also if the handler throws', () => {
    const message = new FakeMessage('hello');
    expect(() =>
      message.lend(() => {
        throw new Error('of the application');
      }),
    ).toThrow('of the application');
    expect(() => message.text()).toThrow(expired);
  });
});

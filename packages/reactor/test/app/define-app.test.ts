// Tests of `defineApp` and of its checks.
import type { AppDefinition } from '@hioload/api';
import { describe, expect, it } from 'vitest';
import { defineApp, isApp } from '../../src/app/define-app.js';

const PAGE = { type: 'text/html; charset=utf-8', body: '<p>' };

describe('defineApp', () => {
  it('marks the definition that it has checked', () => {
    const app = defineApp({ path: '/chat/*', protocols: ['chat.v2'], message() {} });
    expect(isApp(app)).toBe(true);
    expect(isApp({ ...app })).toBe(false);
    expect(isApp(undefined)).toBe(false);
  });

  it.each<[string, object, RegExp]>([
    [
      'an unknown field',
      { onMessage() {} },
      /has no field "onMessage"; its fields are upgrade, open, message.*; did you mean message\?$/,
    ],
    ['a field that is like no other', { websocket() {} }, /websocket.*whenBufferFull, transport$/],
    ['a slip in a limit', { limits: { maxPayloadByte: 1 } }, /did you mean maxPayloadBytes\?$/],
    [
      'an instance of a class, whose methods would be lost',
      new (class Chat {
        message(): void {}
      })(),
      /the definition must be a plain object; got an instance of a class/,
    ],
    ['a hook that is no function', { message: 'echo' }, /message must be a function; got "echo"$/],
    ['a path without a slash', { path: 'chat' }, /path must be .*; got "chat"$/],
    ['an empty path', { path: '' }, /path must be .*; got ""$/],
    ['a star inside a path', { path: '/a/*/b' }, /path must be .*; got "\/a\/\*\/b"$/],
    ['a query in a path', { path: '/a?b' }, /path/],
    ['a star that follows no slash', { path: '/chat*' }, /path/],
    [
      'a subprotocol that is no token',
      { protocols: ['a b'] },
      /an entry of protocols must be a token .*; got "a b"$/,
    ],
    [
      'origins that are no list',
      { allowedOrigins: 'https://example.org' },
      /allowedOrigins.*a list/,
    ],
    [
      'an origin with a path',
      { allowedOrigins: ['https://example.org/'] },
      /an entry of allowedOrigins/,
    ],
    [
      'an origin in capitals',
      { allowedOrigins: ['https://Example.org'] },
      /an entry of allowedOrigins/,
    ],
    [
      'an unknown limit',
      { limits: { maxPayload: 1 } },
      /limits has no field "maxPayload"; its fields are maxPayloadBytes/,
    ],
    [
      'a limit out of range',
      { limits: { idleTimeoutSeconds: 7 } },
      /limits\.idleTimeoutSeconds must be .* 8 to 960 .*; got 7$/,
    ],
    [
      'a limit with a fraction',
      { limits: { maxPayloadBytes: 1.5 } },
      /limits\.maxPayloadBytes must be .*; got 1\.5$/,
    ],
    [
      'a zero where zero is not off',
      { limits: { maxTopicBytes: 0 } },
      /limits\.maxTopicBytes must be .*; got 0$/,
    ],
    [
      'another buffer policy',
      { whenBufferFull: 'wait' },
      /whenBufferFull must be "drop" or "close"; got "wait"$/,
    ],
    [
      'a transport of an unknown name',
      { transport: 'tcp' },
      /transport must be "auto", "uws", "net" or a TransportKind .*; got "tcp"$/,
    ],
    [
      'a transport kind without create',
      { transport: { name: 'mine', features: { sharesPort: true, exemptions: [] } } },
      /or a TransportKind .*; its create must be a function; got nothing$/,
    ],
    [
      'a transport kind with a name of two words',
      { transport: { name: 'my own', features: {}, create: () => undefined } },
      /its name must be 1 to 32 letters.*; got "my own"$/,
    ],
    [
      'a transport kind that does not say whether reactors share its port',
      { transport: { name: 'mine', features: { exemptions: [] }, create: () => undefined } },
      /its features\.sharesPort must be true or false; got nothing$/,
    ],
    [
      'pages that are no object',
      { pages: ['/'] },
      /pages must be an object of pages by path.*; got \["\/"\]$/,
    ],
    [
      'a page at a path without a slash',
      { pages: { chat: PAGE } },
      /a path of pages must be .*; got "chat"$/,
    ],
    [
      'a page at a path with a query',
      { pages: { '/?a': PAGE } },
      /a path of pages must be .*; got "\/\?a"$/,
    ],
    [
      'a page at a path with a space',
      { pages: { '/a b': PAGE } },
      /a path of pages must be .*percent-encoded.*; got "\/a b"$/,
    ],
    [
      'a page at a prefix',
      { pages: { '/a/*': PAGE } },
      /a path of pages must be an exact path .*; got "\/a\/\*"$/,
    ],
    [
      'a page that is no object',
      { pages: { '/': '<p>' } },
      /pages\["\/"\] must be an object .*; got "<p>"$/,
    ],
    [
      'a field that pages do not have',
      { pages: { '/': { ...PAGE, status: 200 } } },
      /pages\["\/"\] has no field "status"; its fields are type, body$/,
    ],
    [
      'a page without a type',
      { pages: { '/': { body: '' } } },
      /pages\["\/"\]\.type must be .*; got undefined$/,
    ],
    [
      'an empty type',
      { pages: { '/': { ...PAGE, type: '' } } },
      /pages\["\/"\]\.type must be .*; got ""$/,
    ],
    [
      'a type that would end the head',
      { pages: { '/': { ...PAGE, type: 'a\r\nb: c' } } },
      /pages\["\/"\]\.type/,
    ],
    [
      'a body of another kind',
      { pages: { '/': { ...PAGE, body: 7 } } },
      /pages\["\/"\]\.body must be a string or a Uint8Array; got 7$/,
    ],
    ['limits that are null', { limits: null }, /limits must be an object of .*; got null$/],
    ['a limit that is a big integer', { limits: { maxTopicBytes: 1n } }, /Bytes must .*; got 1n$/],
    [
      'a transport that throws',
      {
        transport: {
          get name(): string {
            throw new Error('no name');
          },
        },
      },
      /transport must be .*; its name cannot be read: no name$/,
    ],
    [
      'exemptions that are no list',
      { transport: { name: 'x', features: { sharesPort: true, exemptions: {} }, create() {} } },
      /its features\.exemptions must be a list; got a value of type object$/,
    ],
    [
      'an exemption without a text',
      { transport: { name: 'x', features: { sharesPort: true, exemptions: [7] }, create() {} } },
      /its features\.exemptions\[0\] must be an object with id and instead/,
    ],
  ])('refuses %s', (_, definition, message) => {
    expect(() => defineApp(definition as AppDefinition)).toThrow(
      expect.objectContaining({
        code: 'HIOLOAD_APP_INVALID',
        message: expect.stringMatching(message) as string,
      }),
    );
  });

  it('refuses a field that throws when it is read', () => {
    const definition = {
      get path(): string {
        throw new Error('no path');
      },
    };
    expect(() => defineApp(definition)).toThrow(
      expect.objectContaining({
        code: 'HIOLOAD_APP_INVALID',
        message: 'defineApp: a field cannot be read: no path',
      }),
    );
  });

  it('treats an undefined limit as not set', () => {
    const limits = { maxConnections: undefined, maxTopicBytes: 8 } as object;
    expect(Object.entries(defineApp({ limits }).limits!)).toEqual([['maxTopicBytes', 8]]);
  });

  it.each([null, undefined, 'app', 7, []])('refuses %s as a definition', (definition) => {
    expect(() => defineApp(definition as unknown as AppDefinition)).toThrow(
      /an object of handlers and settings/,
    );
  });

  it('takes pages of text and of bytes', () => {
    const pages = {
      '/': PAGE,
      '/logo%20small.png': { type: 'image/png', body: new Uint8Array(8) },
    };
    expect(defineApp({ pages }).pages).toBe(pages);
  });

  it('takes zero for a limit that zero switches off', () => {
    expect(isApp(defineApp({ limits: { idleTimeoutSeconds: 0 } }))).toBe(true);
  });
});

describe('compression', () => {
  it('may be true, false, or settings in their ranges', () => {
    const settings = { contextTakeover: true, windowBits: 8, level: 9, minBytes: 0 };
    for (const compression of [true, false, {}, settings])
      expect(defineApp({ compression })).toMatchObject({ compression });
  });

  it('is refused with the allowed values', () => {
    const refused: readonly [unknown, RegExp][] = [
      ['yes', /compression must be true, false, or an object of settings; got "yes"$/],
      [
        { levle: 1 },
        /compression has no field "levle"; its fields are context.*; did you mean level\?$/,
      ],
      [{ level: 10 }, /compression\.level must be a whole number from 1 to 9; got 10$/],
      [{ contextTakeover: 1 }, /compression\.contextTakeover must be true or false; got 1$/],
    ];
    for (const [compression, message] of refused) {
      expect(() => defineApp({ compression: compression as boolean })).toThrow(message);
    }
  });
});

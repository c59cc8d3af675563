// Tests of the check of what an upgrade hook decides.
import { HioloadError, type UpgradeDecision } from '@hioload/api';
import { describe, expect, it } from 'vitest';
import { ruleOn } from '../src/shared/decision.js';

const rule = (decision: unknown) =>
  ruleOn(decision as UpgradeDecision<unknown>, ['a', 'b'], ['b', 'a']);

function expectInvalid(decision: unknown, named: string): void {
  expect(() => rule(decision)).toThrow(
    expect.objectContaining({
      code: 'HIOLOAD_UPGRADE_INVALID',
      message: expect.stringContaining(named),
    }),
  );
}

describe('ruleOn', () => {
  it('accepts, with the first subprotocol of the application by default', () => {
    const data = { user: 1 };
    expect(rule({ status: 101, data })).toEqual({
      accepted: true,
      data,
      protocol: 'b',
      headers: [],
    });
    expect(rule({ status: 101, data, protocol: 'a', headers: { 'Set-Cookie': 'x=1' } })).toEqual({
      accepted: true,
      data,
      protocol: 'a',
      headers: [['Set-Cookie', 'x=1']],
    });
  });

  it('refuses, with the words of the status by default', () => {
    expect(rule({ status: 401 })).toMatchObject({
      accepted: false,
      refusal: { status: 401, reason: 'Unauthorized' },
    });
    expect(rule({ status: 429, reason: 'later', headers: { 'Retry-After': '9' } })).toMatchObject({
      refusal: { status: 429, reason: 'later', headers: { 'Retry-After': '9' } },
    });
  });

  it.each([
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a word', 'yes', 'yes'],
    ['a status of its own', { status: 200 }, '200'],
    ['a status in letters', { status: '101' }, '101'],
    ['a reason that is no string', { status: 400, reason: 4 }, 'number'],
    ['a subprotocol that was not offered', { status: 101, protocol: 'c' }, 'c'],
    ['a subprotocol with a line break', { status: 101, protocol: 'a\r\nX: 1' }, 'protocol'],
    ['a header name with a blank', { status: 101, headers: { 'a b': '1' } }, 'a b'],
    ['a header name with a line break', { status: 101, headers: { 'a\r\nX': '1' } }, 'header name'],
    ['a header value with a line break', { status: 101, headers: { a: '1\r\nX: 1' } }, 'header a'],
    [
      'a header value with a bare line feed',
      { status: 403, headers: { a: '1\nX: 1' } },
      'header a',
    ],
    ['a header value that is no string', { status: 101, headers: { a: 1 } }, 'header a'],
    [
      'a header of the handshake',
      { status: 101, headers: { 'sec-websocket-accept': 'x' } },
      'sec-websocket-accept',
    ],
    [
      'a header of the connection',
      { status: 403, headers: { Connection: 'keep-alive' } },
      'Connection',
    ],
    ['a length of its own', { status: 403, headers: { 'Content-Length': '7' } }, 'Content-Length'],
  ])('does not carry out %s', (_, decision, named) => {
    expectInvalid(decision, named);
  });

  it('throws a HioloadError', () => {
    expect(() => rule(7)).toThrow(HioloadError);
  });
});

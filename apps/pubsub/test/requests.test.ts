// Tests of the parser of requests, with valid, invalid and random texts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRequest } from '../src/protocol/requests.js';

const JOIN = { type: 'join', room: 'lobby', name: 'Ada' };
const SAY = { type: 'say', room: 'lobby', text: 'hello' };

describe('parseRequest', () => {
  it.each([
    ['a join', JOIN, { ...JOIN, presence: true, ref: undefined }],
    [
      'a join that wants no presence',
      { ...JOIN, presence: false },
      { ...JOIN, presence: false, ref: undefined },
    ],
    ['something said', { ...SAY, ref: 0 }, { ...SAY, ref: 0 }],
    [
      'a leave',
      { type: 'leave', room: 'a b.c-d_e' },
      { type: 'leave', room: 'a b.c-d_e', ref: undefined },
    ],
    [
      'names of any script',
      { ...JOIN, room: 'Grüße 漢字', name: '✨ Аня' },
      { room: 'Grüße 漢字', name: '✨ Аня' },
    ],
    ['the longest', { ...SAY, text: 'x'.repeat(2_000) }, { text: 'x'.repeat(2_000) }],
  ])('reads %s', (_, sent, read) => {
    expect(parseRequest(JSON.stringify(sent))).toMatchObject(read);
  });

  it.each([
    ['another type', { ...JOIN, type: 'shout' }, 'type is "shout"; allowed: join, leave or say'],
    ['no room', { ...SAY, room: undefined }, 'room is missing; allowed: 1 to 40 letters'],
    ['a room with a slash', { ...SAY, room: 'a/b' }, 'room is "a/b"'],
    ['a room that begins with a blank', { ...SAY, room: ' a' }, 'room is " a"'],
    ['a room that is too long', { ...SAY, room: 'x'.repeat(41) }, 'room is "xxx'],
    ['no text', { ...SAY, text: '' }, 'text is ""; allowed: 1 to 2000 characters'],
    [
      'a text that is too long',
      { ...SAY, text: 'x'.repeat(2_001) },
      '... (2003 characters); allowed',
    ],
    ['a text that is none', { ...SAY, text: { toString: 1 } }, 'text is {"toString":1}'],
    ['an empty name', { ...JOIN, name: '' }, 'name is ""; allowed: 1 to 32 visible characters'],
    ['a name with blanks around', { ...JOIN, name: ' Ada' }, 'name is " Ada"'],
    ['a name that turns the text around', { ...JOIN, name: 'a\u202Eb' }, 'name is'],
    ['a name with a line end', { ...JOIN, name: 'a\nb' }, 'name is "a\\nb"'],
    [
      'a presence that is no choice',
      { ...JOIN, presence: 1 },
      'presence is 1; allowed: true or false',
    ],
    ['a ref that is no number', { ...SAY, ref: 'x' }, 'ref is "x"; allowed: a whole number from 0'],
  ])('refuses %s', (_, sent, message) => {
    expect(parseRequest(JSON.stringify(sent))).toMatchObject({
      type: 'error',
      code: 'bad-request',
      message: expect.stringContaining(message) as string,
    });
  });

  it('answers any text and any JSON, with a line that is not long', () => {
    const input = fc.oneof(
      fc.string(),
      fc.json(),
      fc.object().map((value) => JSON.stringify({ ...JOIN, ...value })),
    );
    fc.assert(
      fc.property(input, (text) => {
        const answer = parseRequest(text);
        if (answer.type === 'error') expect(answer.message.length).toBeLessThan(250);
      }),
    );
  });
});

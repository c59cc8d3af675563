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
    ['another type', { ...JOIN, type: 'shout' }, 'type must be join, leave or say; got "shout"'],
    ['no room', { ...SAY, room: undefined }, /^room must be 1 to 40 letters.*; got nothing$/],
    ['a room with a slash', { ...SAY, room: 'a/b' }, /^room must be .*; got "a\/b"$/],
    ['a room that begins with a blank', { ...SAY, room: ' a' }, /^room must be .*; got " a"$/],
    ['a room that is too long', { ...SAY, room: 'x'.repeat(41) }, /^room must be .*; got "xxx/],
    ['no text', { ...SAY, text: '' }, 'text must be 1 to 2000 characters; got ""'],
    [
      'a text that is too long',
      { ...SAY, text: 'x'.repeat(2_001) },
      /; got "x.*\.\.\. \(2003 characters\)$/,
    ],
    [
      'a text that is none',
      { ...SAY, text: { toString: 1 } },
      /^text must be .*; got {"toString":1}$/,
    ],
    ['an empty name', { ...JOIN, name: '' }, /^name must be 1 to 32 visible characters.*; got ""$/],
    ['a name with blanks around', { ...JOIN, name: ' Ada' }, /^name must be .*; got " Ada"$/],
    ['a name that turns the text around', { ...JOIN, name: 'a\u202Eb' }, /^name must be/],
    ['a name with a line end', { ...JOIN, name: 'a\nb' }, /^name must be .*; got "a\\nb"$/],
    [
      'a presence that is no choice',
      { ...JOIN, presence: 1 },
      'presence must be true or false; got 1',
    ],
    ['a ref that is no number', { ...SAY, ref: 'x' }, 'ref must be a whole number from 0; got "x"'],
  ])('refuses %s', (_, sent, message) => {
    expect(parseRequest(JSON.stringify(sent))).toMatchObject({
      type: 'error',
      code: 'bad-request',
      message: expect.stringMatching(message) as string,
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

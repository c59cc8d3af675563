// Attacks that hide a second request around the upgrade.
import { describeSubjects } from '@hioload/test-support/subjects';
import { frame, head, type HeadOptions, Op, RawClient } from '@hioload/test-support/wire';
import { expect } from 'vitest';

// A proxy in front and the server must not come to see different requests in the same bytes.

const fields = (extra: Readonly<Record<string, string>>, ...extraLines: string[]): HeadOptions => ({
  fields: extra,
  extraLines,
});

/** Requests with a body, or with something that others may take for one. */
const AMBIGUOUS: Readonly<Record<string, HeadOptions>> = {
  'a length': fields({ 'Content-Length': '5' }),
  'two lengths that differ': fields({ 'Content-Length': '0' }, 'Content-Length: 5'),
  'two lengths that agree': fields({ 'Content-Length': '5' }, 'Content-Length: 5'),
  'a list of lengths': fields({ 'Content-Length': '0, 5' }),
  'a length with a sign': fields({ 'Content-Length': '+5' }),
  'a negative length': fields({ 'Content-Length': '-1' }),
  'a length in hex': fields({ 'Content-Length': '0x5' }),
  'a length that is no number': fields({ 'Content-Length': 'five' }),
  chunks: fields({ 'Transfer-Encoding': 'chunked' }),
  'chunks and a length': fields({ 'Transfer-Encoding': 'chunked', 'Content-Length': '0' }),
  'chunks in other letters': fields({ 'transfer-encoding': 'ChUnKeD' }),
  'chunks at the end of a list': fields({ 'Transfer-Encoding': 'gzip, chunked' }),
  'chunks that are not named so': fields({ 'Transfer-Encoding': 'xchunked' }),
  'chunks behind a tab': fields({ 'Transfer-Encoding': '\tchunked' }),
  'an encoding that is empty': fields({ 'Transfer-Encoding': '' }),
};

/** Requests that are no HTTP, which some servers would mend. */
const MALFORMED: Readonly<Record<string, HeadOptions>> = {
  'chunks with a blank before the colon': fields({}, 'Transfer-Encoding : chunked'),
  'a length on a line that goes on': fields({}, 'X-A: a', ' Content-Length: 5'),
  'a length behind a bare LF': fields({}, 'X-A: a\nContent-Length: 5'),
  'chunks behind a bare CR': fields({}, 'X-A: a\rTransfer-Encoding: chunked'),
};

describeSubjects('request smuggling around the upgrade', ({ check, subject }) => {
  /**
   * What comes back of requests of which the first is refused: one answer or, where a transport
   * cuts, none.
   */
  const answersOf = (client: RawClient): string[] => client.http.match(/HTTP\/1\.1 \d+/g) ?? [];
  const oneAnswer = (status: number): string[] =>
    subject.exemptions.has('pipelined-refusal-cut') ? [] : [`HTTP/1.1 ${status}`];

  const refuses = (title: string, options: HeadOptions, exemptions: readonly string[]): void => {
    check(
      `refuses ${title}, and reads no request behind it`,
      async (server) => {
        const { recording, requestLine } = server.record();
        const client = new RawClient(server.port);
        client.write(`${head({ ...options, requestLine })}hello${head({ requestLine })}`);
        await client.ended();
        client.destroy();
        expect(recording.conn).toBeUndefined();
        // Where it is the native library that refuses, it answers.
        expect([oneAnswer(400), ['HTTP/1.1 400']]).toContainEqual(answersOf(client));
      },
      { exemptions },
    );
  };
  for (const [title, options] of Object.entries(AMBIGUOUS)) refuses(title, options, []);
  for (const [title, options] of Object.entries(MALFORMED))
    refuses(title, options, ['malformed-head-unanswered']);

  for (const [title, options] of Object.entries(AMBIGUOUS)) {
    check(`answers ${title} with 400`, async (server) => {
      const client = new RawClient(server.port);
      client.write(`${head(options)}hello`);
      expect((await client.answer()).status).toBe(400);
      client.destroy();
    });
  }

  check('ignores an upgrade behind a refused request', async (server) => {
    const { recording, requestLine } = server.record();
    const client = new RawClient(server.port);
    client.write(
      `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n${head({ requestLine })}`,
    );
    await client.ended();
    client.destroy();
    expect(recording.conn).toBeUndefined();
    expect(answersOf(client)).toEqual(oneAnswer(405));
  });

  check('reads a request behind an upgrade as frames, which fail', async (server) => {
    const first = server.record();
    const second = server.record();
    const client = new RawClient(server.port);
    client.write(head({ requestLine: first.requestLine }));
    await client.answer();
    client.write(head({ requestLine: second.requestLine }));
    await client.ended();
    client.destroy();
    expect(answersOf(client)).toEqual(['HTTP/1.1 101']);
    expect([first.recording.messages, second.recording.conn]).toEqual([[], undefined]);
  });

  check('reads a body as frames if its head announced an empty body', async (server) => {
    const { recording, requestLine } = server.record();
    const client = new RawClient(server.port);
    client.write(head({ requestLine, extraLines: ['Content-Length: 0'] }));
    await client.answer();
    client.write(frame(Op.Text, 'a frame'));
    await client.until('the echo', () => client.frames.length === 1);
    client.destroy();
    expect(recording.messages).toHaveLength(1);
  });
});

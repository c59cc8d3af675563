// Attacks with very long or malicious request heads.
import { describeSubjects } from '@hioload/test-support/subjects';
import { head, RawClient } from '@hioload/test-support/wire';
import { expect } from 'vitest';
import { expectServes } from './support/expect-serves.js';

// Heads that are made to cost time or memory, or to confuse whoever keeps them.

/** Less than the limit of a head, and of any transport. */
const LONG = 3_500;
const FLOOD_BYTES = 16_777_216;

/** Lists on which a parser that tries again and again takes for ever. */
const NASTY: Readonly<Record<string, string>> = {
  commas: ','.repeat(LONG),
  blanks: `a${' '.repeat(LONG)}b`,
  'blanks and commas': `a${' ,'.repeat(LONG / 2)}b c`,
  tabs: `a${'\t'.repeat(LONG)}(`,
  'open quotes': 'x; a="'.repeat(LONG / 6),
  'quotes that are escaped': `x; a="${'\\"'.repeat(LONG / 2)}`,
  semicolons: `x${';'.repeat(LONG)}`,
  parameters: 'x; a=b'.padEnd(LONG, '; a=b'),
  names: 'a'.repeat(LONG),
};

describeSubjects('heads', ({ check }) => {
  for (const [title, value] of Object.entries(NASTY)) {
    for (const field of [
      'Sec-WebSocket-Protocol',
      'Sec-WebSocket-Extensions',
      'Connection',
      'Upgrade',
    ]) {
      check(`with ${title} in a list of ${field} are read once`, async (server) => {
        await Promise.all(
          Array.from({ length: 20 }, async () => {
            const client = new RawClient(server.port);
            client.write(head({ fields: { [field]: value } }));
            expect([101, 400, 426]).toContain((await client.answer()).status);
            client.destroy();
          }),
        );
      });
    }
  }

  check('with field names such as __proto__ are read like any other', async (server) => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', 'then'];
    const client = new RawClient(server.port);
    const { requestLine } = server.record();
    client.write(head({ requestLine, extraLines: names.map((name) => `${name}: polluted`) }));
    expect((await client.answer()).status).toBe(101);
    client.destroy();
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    for (const name of names) {
      const offering = new RawClient(server.port);
      offering.write(head({ fields: { 'Sec-WebSocket-Protocol': name } }));
      const { status, fields } = await offering.answer();
      offering.destroy();
      expect([status, fields.get('sec-websocket-protocol')]).toEqual([101, undefined]);
    }
  });

  for (const [title, flood] of Object.entries({
    'a line that never ends': `GET /${'x'.repeat(65_536)}`,
    'a field that never ends': `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(65_536)}`,
    'fields that never end': `GET / HTTP/1.1\r\nHost: localhost\r\n${'a: b\r\n'.repeat(10_000)}`,
    'blank lines that never end': '\r\n'.repeat(30_000),
  })) {
    check(`with ${title} are cut off at the limit`, async (server) => {
      const client = new RawClient(server.port);
      client.write(flood);
      const more = Buffer.alloc(65_536, title.startsWith('fields') ? 'a: b\r\n' : 'x');
      for (let sent = 0; sent < FLOOD_BYTES && !client.isEnded; sent += more.length) {
        client.write(more);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await client.ended();
      client.destroy();
      expect(client.socket.bytesWritten).toBeLessThan(FLOOD_BYTES / 2);
      await expectServes(server);
    });
  }
});

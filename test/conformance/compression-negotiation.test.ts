// Conformance of the negotiation of compression.
import type { RecordingServer } from '@hioload/test-support/servers';
import { compressing } from '@hioload/test-support/subjects';
import {
  closeFrame,
  frame,
  head,
  newDeflater,
  newInflater,
  Op,
  RawClient,
  showBytes,
  showFrames,
} from '@hioload/test-support/wire';
import { expect } from 'vitest';
import { describeConformance } from './support/conformance.js';
import { readTerms } from './support/deflate-terms.js';

const NAME = 'permessage-deflate';
/** Declined: the connection opens, without compression. */
const DECLINED = null;

/** What a server that keeps contexts answers to each offer. */
const OFFERS: readonly (readonly [offer: string | undefined, answer: string | null])[] = [
  [undefined, DECLINED],
  [NAME, NAME],
  ['Permessage-Deflate', NAME],
  [`${NAME}; server_no_context_takeover`, `${NAME}; server_no_context_takeover`],
  [`${NAME}; client_no_context_takeover`, `${NAME}; client_no_context_takeover`],
  [`${NAME}; server_max_window_bits=15`, `${NAME}; server_max_window_bits=15`],
  [`${NAME}; server_max_window_bits="10"`, `${NAME}; server_max_window_bits=10`],
  [`${NAME} ;  server_max_window_bits = 10`, `${NAME}; server_max_window_bits=10`],
  [`${NAME}; client_max_window_bits`, `${NAME}; client_max_window_bits=15`],
  [`${NAME}; client_max_window_bits=9`, `${NAME}; client_max_window_bits=9`],
  [
    `${NAME}; client_max_window_bits=10; server_max_window_bits=11; ` +
      'client_no_context_takeover; server_no_context_takeover',
    `${NAME}; server_no_context_takeover; client_no_context_takeover; ` +
      'server_max_window_bits=11; client_max_window_bits=10',
  ],
  [`x-unknown, ${NAME}`, NAME],
  [
    `${NAME}; x-unknown, ${NAME}; server_no_context_takeover`,
    `${NAME}; server_no_context_takeover`,
  ],
  [`${NAME}; server_max_window_bits=99, ${NAME}`, NAME],
  [`${NAME}; server_max_window_bits=9, ${NAME}`, `${NAME}; server_max_window_bits=9`],
  ...[
    'server_max_window_bits',
    'server_max_window_bits=7',
    'server_max_window_bits=16',
    'server_max_window_bits=0',
    'server_max_window_bits=-8',
    'server_max_window_bits=08',
    'server_max_window_bits=8.0',
    'server_max_window_bits=1e1',
    'server_max_window_bits=ten',
    'server_max_window_bits=99999999999999999999',
    'client_max_window_bits=7',
    'client_max_window_bits=16',
    'client_max_window_bits=x',
    'server_no_context_takeover=1',
    'client_no_context_takeover=true',
    'server_no_context_takeover; server_no_context_takeover',
    'client_max_window_bits; client_max_window_bits=10',
    'server_max_window_bits=10; server_max_window_bits=10',
    'x-unknown',
    'x-unknown=1',
    'server-no-context-takeover',
  ].map((parameters) => [`${NAME}; ${parameters}`, DECLINED] as const),
];

/**
 * Opens with an offer, sends two messages the way that was agreed upon, and expects them back.
 * @returns the answer
 */
async function talk(server: RecordingServer, offer: string | undefined): Promise<string | null> {
  const { recording, requestLine } = server.record();
  const client = new RawClient(server.port);
  client.write(head({ requestLine, fields: { 'Sec-WebSocket-Extensions': offer } }));
  const { status, fields } = await client.answer();
  expect(status, offer).toBe(101);
  const answer = fields.get('sec-websocket-extensions') ?? null;
  const text = Buffer.from('the same and the same and the same and the same '.repeat(40));
  const terms = readTerms(answer);
  const deflate = newDeflater(terms?.client);
  for (let i = 0; i < 2; i++) {
    client.write(
      terms === undefined ? frame(Op.Text, text) : frame(Op.Text, deflate(text), { rsv: 4 }),
    );
  }
  client.write(closeFrame(1000));
  await client.ended();
  await recording.closed;
  client.destroy();
  const shown = showFrames(
    client.frames,
    terms === undefined ? undefined : newInflater(terms.server),
  );
  const expected = showBytes('text', text);
  expect([recording.messages, shown.data, shown.closeCode], offer).toEqual([
    [expected, expected],
    [expected, expected],
    1000,
  ]);
  const isCompressed = client.frames
    .filter(({ opcode }) => opcode === Op.Text)
    .every(({ rsv }) => rsv === 4);
  expect(isCompressed, offer).toBe(terms !== undefined);
  return answer;
}

describeConformance(
  'negotiation of compression, contexts kept',
  ({ check }) => {
    for (const [offer, answer] of OFFERS) {
      check(
        `answers the offer ${offer ?? 'of nothing'} with ${answer ?? 'nothing'}`,
        async (server) => {
          expect(await talk(server, offer)).toBe(answer);
        },
      );
    }
    for (let bits = 8; bits <= 15; bits++) {
      check(`keeps a server window of 2^${bits}`, async (server) => {
        const answer = await talk(server, `${NAME}; server_max_window_bits=${bits}`);
        // To decline is allowed; to answer with more, or not at all, is not.
        const agreed = readTerms(answer);
        if (agreed !== undefined)
          expect(/server_max_window_bits=(\d+)/.exec(answer!)?.[1]).toBe(
            `${agreed.server.windowBits}`,
          );
        expect(agreed?.server.windowBits ?? 0).toBeLessThanOrEqual(bits);
      });
      check(`reads a client window of 2^${bits}`, async (server) => {
        const answer = await talk(server, `${NAME}; client_max_window_bits=${bits}`);
        expect(readTerms(answer)?.client.windowBits ?? 0).toBeLessThanOrEqual(bits);
      });
    }
    for (const offer of [
      `${NAME};`,
      `${NAME}; a=`,
      `${NAME}; ="a"`,
      `; ${NAME}`,
      `${NAME} client_max_window_bits`,
    ]) {
      check(`answers the malformed offer ${offer} with 400`, async (server) => {
        const client = new RawClient(server.port);
        client.write(head({ fields: { 'Sec-WebSocket-Extensions': offer } }));
        expect((await client.answer()).status).toBe(400);
        client.destroy();
      });
    }
    check('reads an offer in several fields as one list', async (server) => {
      const client = new RawClient(server.port);
      client.write(
        head({
          fields: { 'Sec-WebSocket-Extensions': `${NAME}; server_max_window_bits=99` },
          extraLines: [`Sec-WebSocket-Extensions: ${NAME}; client_no_context_takeover`],
        }),
      );
      const { fields } = await client.answer();
      client.destroy();
      expect(fields.get('sec-websocket-extensions')).toBe(`${NAME}; client_no_context_takeover`);
    });
  },
  compressing({ contextTakeover: true, minBytes: 0 }),
);

describeConformance(
  'negotiation of compression, no contexts kept',
  ({ check }) => {
    const both = `${NAME}; server_no_context_takeover; client_no_context_takeover`;
    for (const [offer, answer] of [
      [NAME, both],
      [`${NAME}; client_max_window_bits`, `${both}; client_max_window_bits=15`],
      [`${NAME}; server_no_context_takeover`, both],
      [
        `${NAME}; client_no_context_takeover; server_max_window_bits=9`,
        `${both}; server_max_window_bits=9`,
      ],
    ] as const) {
      check(`answers the offer ${offer} with ${answer}`, async (server) => {
        expect(await talk(server, offer)).toBe(answer);
      });
    }
  },
  compressing({ minBytes: 0 }),
);

describeConformance('negotiation of compression, without it', ({ check }) => {
  for (const [offer] of OFFERS) {
    check(`declines the offer ${offer}`, async (server) => {
      expect(await talk(server, offer)).toBe(DECLINED);
    });
  }
});

// Tests that connections leave nothing behind, however they end.
import { PermessageDeflate } from '@hioload/protocol';
import type { Recording, RecordingOptions } from '@hioload/test-support/servers';
import { SUBJECTS } from '@hioload/test-support/subjects';
import { eventually } from '@hioload/test-support/waiting';
import { closeFrame, frame, head, newDeflater, Op, RawClient } from '@hioload/test-support/wire';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { serveCounted } from './support/census.js';

// A connection that ends in any way, in any state, leaves nothing behind.

interface Stage {
  readonly client: RawClient;
  readonly requestLine: string;
  readonly recording: Recording;
}

interface State {
  /** Brings a connection that is fresh into the state. */
  readonly reach: (stage: Stage) => Promise<void>;
  /** What the close handler is told; undefined where there was no connection yet. */
  readonly code?: number;
}

async function open({ client, requestLine, recording }: Stage): Promise<void> {
  client.write(head({ requestLine }));
  await client.answer();
  await eventually('the connection is open', () => recording.conn !== undefined);
}

/** Opens, then sends. */
const sent = (...bytes: readonly Buffer[]): State => ({
  code: 1006,
  async reach(stage) {
    await open(stage);
    for (const some of bytes) stage.client.write(some);
    for (let i = 0; i < 5; i++) await turn();
  },
});

const half = (bytes: Buffer): Buffer => bytes.subarray(0, bytes.length >> 1);

const STATES: Readonly<Record<string, State>> = {
  'before a byte was sent': {
    reach: async ({ client }) => void (await client.until('nothing', () => true)),
  },
  'within the request line': { reach: async ({ client }) => client.write('GET /') },
  'within the head': {
    reach: async ({ client, requestLine }) => client.write(head({ requestLine }).slice(0, -2)),
  },
  'behind the head': {
    reach: async ({ client, requestLine }) => client.write(head({ requestLine })),
  },
  'after a refusal': {
    reach: async ({ client }) => client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
  },
  'open and idle': sent(),
  'within a header': sent(frame(Op.Binary, Buffer.alloc(70_000)).subarray(0, 5)),
  'within a mask': sent(frame(Op.Binary, Buffer.alloc(100)).subarray(0, 4)),
  'within a short payload': sent(half(frame(Op.Text, 'half of this'))),
  'within a long payload': sent(half(frame(Op.Binary, Buffer.alloc(200_000)))),
  'within a message': sent(frame(Op.Text, 'once', { fin: false })),
  'within a fragment': sent(
    frame(Op.Text, 'once', { fin: false }),
    half(frame(Op.Continuation, 'upon a time')),
  ),
  'within a ping': sent(half(frame(Op.Ping, 'are you there'))),
  'behind a message whose echo nobody read': sent(frame(Op.Text, 'hello')),
  'with a queue that is full': {
    code: 1006,
    async reach(stage) {
      await open(stage);
      stage.client.socket.pause();
      const { conn } = stage.recording;
      const chunk = Buffer.alloc(262_144);
      while (conn!.bufferedBytes < 1_000_000) conn!.send(chunk);
      await turn();
    },
  },
  'after the close frame of the server': {
    code: 4001,
    async reach(stage) {
      await open(stage);
      stage.recording.conn!.end(4001);
      await stage.client.until('the close frame', () => stage.client.frames.length === 1);
    },
  },
  'after the close frame of the client': {
    code: 4000,
    async reach(stage) {
      await open(stage);
      stage.client.write(closeFrame(4000));
      await eventually('it was read', () => stage.recording.closes.length === 1);
    },
  },
  'after a fault': {
    async reach(stage) {
      await open(stage);
      stage.client.write(frame(3, 'x'));
      await eventually('it was read', () => stage.recording.closes.length === 1);
    },
  },
};

const WAYS: Readonly<Record<string, (client: RawClient) => void>> = {
  'is reset': (client) => void client.socket.resetAndDestroy(),
  'is closed': (client) => client.destroy(),
  'is closed in one direction': (client) => void client.socket.end(),
};

const TIMES = 3;
const OFFER = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };

describe.each(SUBJECTS)('$name: a connection', (subject) => {
  for (const [way, leave] of Object.entries(WAYS)) {
    it(`that ${way} in any state leaves nothing behind`, { timeout: 60_000 }, async () => {
      // A handshake that is cut off holds its place until the deadline, where only one direction
      // was closed.
      const server = await serveCounted(subject, {
        limits: { handshakeTimeoutSeconds: 1, closeTimeoutSeconds: 1 },
      });
      const clients: RawClient[] = [];
      const ends: [string, State, Recording][] = [];
      for (let i = 0; i < TIMES; i++) {
        for (const [name, state] of Object.entries(STATES)) {
          const { recording, requestLine } = server.record();
          const client = new RawClient(server.port, { allowHalfOpen: true });
          clients.push(client);
          await new Promise((resolve) => client.socket.once('connect', resolve));
          await state.reach({ client, recording, requestLine });
          leave(client);
          client.socket.resume();
          ends.push([name, state, recording]);
        }
      }
      await server.expectEmpty();
      for (const [name, { code }, { closes, conn }] of ends) {
        // The server may read the head before it hears of the end; then there was a connection.
        const expected = conn === undefined ? [] : [code ?? 1006];
        if (name === 'after a fault') expect(closes, name).toHaveLength(1);
        else expect([name, closes.map(([closed]) => closed)]).toEqual([name, expected]);
      }
      for (const client of clients) client.destroy();
      await server.expectNothingLeft();
    });
  }

  it('whose handshake waits for the upgrade hook leaves nothing behind', async () => {
    let asked = 0;
    let aborted = 0;
    const server = await serveCounted(subject, {
      handlers: {
        upgrade({ signal }) {
          asked++;
          return new Promise((resolve) => {
            signal.addEventListener('abort', () => {
              aborted++;
              resolve({ status: 503 });
            });
          });
        },
      },
    });
    for (const leave of [WAYS['is reset']!, WAYS['is closed']!]) {
      const before = asked;
      const client = new RawClient(server.port);
      client.write(head());
      await eventually('the hook is asked', () => asked > before);
      leave(client);
    }
    await eventually('both are aborted', () => aborted === 2);
    await server.expectEmpty();
    await server.expectNothingLeft();
  });

  const lacksCompression = subject.exemptions.has('no-compression');
  if (lacksCompression)
    console.info(`${subject.name}: contexts of compression left out, exempt by no-compression`);
  // An exemption of the transport, which the line above names.
  it.skipIf(lacksCompression)(
    'that compresses gives its contexts back, in whatever way it ends',
    async () => {
      const extension = new PermessageDeflate({ contextTakeover: true, minBytes: 0 });
      const withExtension: RecordingOptions & {
        readonly extensions: readonly PermessageDeflate[];
      } = {
        extensions: [extension],
      };
      const server = await serveCounted(subject, withExtension);
      const message = frame(Op.Text, newDeflater()(Buffer.from('compressed')), { rsv: 4 });
      const begun = frame(Op.Text, newDeflater()(Buffer.from('compressed too')), {
        rsv: 4,
        fin: false,
      });
      const clients: RawClient[] = [];
      for (const leave of Object.values(WAYS)) {
        for (const bytes of [[], [begun], [half(message)], [frame(Op.Text, 'x', { rsv: 4 })]]) {
          const { requestLine } = server.record();
          const client = await RawClient.open(server.port, {
            requestLine,
            fields: OFFER,
            allowHalfOpen: true,
          });
          clients.push(client);
          client.write(message);
          await client.until('the echo', () => client.frames.length === 1);
          for (const some of bytes) client.write(some);
          await turn();
          leave(client);
        }
      }
      await server.expectEmpty();
      expect(extension.contexts.lentBytes).toBe(0);
      for (const client of clients) client.destroy();
      await server.expectNothingLeft();
    },
  );

  it(
    'that is open when the transport closes leaves nothing behind, in any state',
    { timeout: 60_000 },
    async () => {
      const server = await serveCounted(subject);
      const clients: RawClient[] = [];
      for (const { reach } of Object.values(STATES)) {
        const { recording, requestLine } = server.record();
        const client = new RawClient(server.port, { allowHalfOpen: true });
        clients.push(client);
        await new Promise((resolve) => client.socket.once('connect', resolve));
        await reach({ client, recording, requestLine });
      }
      server.close();
      for (const client of clients) client.socket.resume();
      for (const client of clients) await client.ended();
      for (const client of clients) client.destroy();
      await server.expectNothingLeft();
    },
  );
});

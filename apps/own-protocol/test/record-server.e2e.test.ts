// Tests of the server of the record protocol, over real sockets.
import { FakeBytePool } from '@hioload/fake';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordDecoder } from '../src/record-decoder.js';
import { RecordEncoder } from '../src/record-encoder.js';
import { RecordKind } from '../src/record-format.js';
import { recordServer } from '../src/record-server.js';

const page = readFileSync(new URL('../../../docs/own-protocol.md', import.meta.url), 'utf8');

let pool: FakeBytePool;
let server: Server;
beforeEach(async () => {
  pool = new FakeBytePool();
  server = recordServer(pool).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => void server.close());

async function connected() {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').setNoDelay();
  await once(socket, 'connect');
  return socket;
}

/** Resolves when both ends of all connections are closed. */
async function everythingGivenBack(): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await closed;
  expect(pool.outstanding).toBe(0);
}

describe('the server of the example', () => {
  it('answers each reading over a real socket, however the octets are cut', async () => {
    const socket = await connected();
    const encoder = new RecordEncoder(pool);
    for (let i = 0; i < 50; i++)
      encoder.add(i % 5 === 4 ? RecordKind.Note : RecordKind.Reading, Buffer.alloc(i, i));
    encoder.flush((bytes, start, end) => {
      for (let at = start; at < start + 100; at++)
        socket.write(Buffer.from(bytes.subarray(at, at + 1)));
      socket.write(Buffer.from(bytes.subarray(start + 100, end)));
    });
    const notes: string[] = [];
    const decoder = new RecordDecoder((kind, bytes, start, end) => {
      notes.push(`${kind} ${Buffer.from(bytes.subarray(start, end)).toString()}`);
    }, pool);
    while (notes.length < 40) {
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      expect(decoder.decode(chunk, 0, chunk.length)).toBeUndefined();
    }
    expect(notes).toEqual(
      Array.from({ length: 40 }, (_, index) => `${RecordKind.Note} ${index + 1}`),
    );
    socket.destroy();
    await everythingGivenBack();
  });

  it('closes the connection of a peer that breaks a rule', async () => {
    const socket = await connected();
    socket.write(Buffer.of(RecordKind.Reading, 0, 0, 0, 99));
    const closed = once(socket, 'close');
    socket.on('error', () => {}).resume();
    await closed;
    expect(socket.destroyed).toBe(true);
    await everythingGivenBack();
  });

  it('starts as its page says', async () => {
    const [, file = ''] = /`npx tsx (\S+)`/.exec(page)!;
    const root = fileURLToPath(new URL('../../..', import.meta.url));
    const args = ['--conditions=hioload-source', '--import', 'tsx', file];
    const program = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, PORT: '0' },
    });
    const ended = once(program, 'close');
    try {
      const [line] = (await once(program.stdout, 'data')) as [Buffer];
      const [, port] = /^records on 127\.0\.0\.1:(\d+)\n$/.exec(String(line))!;
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(Buffer.of(RecordKind.Reading, 0, 0, 0));
      const [note] = (await once(socket, 'data')) as [Buffer];
      expect([...note]).toEqual([RecordKind.Note, 0, 0, 1, '1'.charCodeAt(0)]);
      socket.destroy();
    } finally {
      program.kill('SIGKILL');
      await ended;
    }
  });

  it('is the code that its page shows', () => {
    const shown = [...page.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code);
    const file = (name: string): string =>
      readFileSync(new URL(`../src/${name}.ts`, import.meta.url), 'utf8');
    expect(shown).toEqual([file('record-encoder'), file('record-server'), file('main')]);
  });
});

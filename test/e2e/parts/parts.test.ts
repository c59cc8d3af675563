// End-to-end tests of servers with a user's own transport, listener and pool.
import type { Affinity, Topology } from '@hioload/api';
import { fakeMachine } from '@hioload/fake';
import type { ServerOptions } from '@hioload/reactor';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { frame, head, Op, RawClient } from '@hioload/test-support/wire';
import { ask, closeCode, open } from '../server/clients.js';
import {
  makeServer,
  shareServer,
  startReactors,
  startServer,
  type TestServer,
} from '../server/start-server.js';
import type { OwnIdleFigures } from './modules/own-idle.js';
import { LinkClient } from './own/link-client.js';

/** A module of the user of this test. */
const modulePath = (name: string): string => join(import.meta.dirname, 'modules', name);
const WS_KIND = join(import.meta.dirname, 'own', 'ws-kind.ts');

/** RSV2 as {@link frame} counts the reserved bits. */
const SECOND_BIT = 2;

// Reactors find the folder of their Unix sockets in the environment, which threads inherit.
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'own-'));
  process.env['OWN_SOCKETS'] = folder;
});
afterEach(async () => {
  delete process.env['OWN_SOCKETS'];
  await rm(folder, { recursive: true });
});

/** What a client of the application `topics.ts` is answered. */
async function request(socket: WebSocket, what: object): Promise<unknown> {
  return (JSON.parse(await ask(socket, JSON.stringify(what))) as { answer: unknown }).answer;
}

const nextMessage = async (socket: WebSocket): Promise<string> =>
  String(((await once(socket, 'message')) as [Buffer])[0]);

/** Has connections on two reactors hear each other, and the server let go of them. */
async function expectBusAndDrain(
  { server, line }: TestServer,
  [first, second]: readonly [WebSocket, WebSocket],
): Promise<void> {
  expect(await request(first, { do: 'who' })).toMatchObject({ reactor: 0 });
  expect(await request(second, { do: 'who' })).toMatchObject({ reactor: 1 });
  expect(await request(second, { do: 'subscribe', topic: 'news' })).toBe(true);

  // From a connection to one of the other reactor, as text and as bytes, and from the supervisor.
  const crossed = nextMessage(second);
  const published = request(first, { do: 'publish', topic: 'news', payload: 'over the bus' });
  expect(await published).toMatchObject({ reactors: 1, lanesFull: 0 });
  expect(await crossed).toBe('over the bus');
  const bytes = once(second, 'message') as Promise<[Buffer, boolean]>;
  first.send(Buffer.from('\x04newsbytes'));
  expect(await bytes).toEqual([Buffer.from('bytes'), true]);
  await request(first, { do: 'subscribe', topic: 'news' });
  const heard = [nextMessage(first), nextMessage(second)];
  expect(server.publish('news', 'from the supervisor')).toMatchObject({ reactors: 2 });
  expect(await Promise.all(heard)).toEqual(['from the supervisor', 'from the supervisor']);

  const codes = Promise.all([closeCode(first), closeCode(second)]);
  expect(await server.drain('the test is over')).toEqual({ cut: 0, stuck: [] });
  expect(await codes).toEqual([1001, 1001]);
  await line(/^stopped$/);
}

describe("a user's transport kind", () => {
  it('serves under supervisor, bus and drain, and appears by its name', async () => {
    const started = await startReactors(2, 'topics.ts', { transport: WS_KIND });
    await started.line(/^transport: ws-unix, from .+ws-kind\.ts$/);
    const stats = (await (await fetch(`${started.adminUrl}/stats.json`)).json()) as object;
    expect(stats).toMatchObject({ transport: 'ws-unix', state: 'ready' });
    const metrics = await (await fetch(`${started.adminUrl}/metrics`)).text();
    expect(metrics).toMatch(/^ws_build_info\{.*transport="ws-unix".*\} 1$/m);

    const sockets = await Promise.all([0, 1].map((r) => open(`ws+unix://${folder}/${r}.sock:/`)));
    const figures = async (): Promise<string> =>
      (await fetch(`${started.adminUrl}/metrics`)).text();
    await expect.poll(figures).toMatch(/^ws_connections\{reactor="1"\} 1$/m);
    await expectBusAndDrain(started, sockets as [WebSocket, WebSocket]);
  });

  it('logs its exemptions, and warns about the lack of compression', async () => {
    const transport = WS_KIND;
    const started = await startServer('compressing.ts', { transport, reactors: 1 });
    const told = await started.line(/does not keep every rule/);
    expect(told.message).toMatch(
      /^transport: ws-unix does not keep every rule; its exemptions: no-compression, no-pages, /,
    );
    const warned = await started.line(/^compression is off/);
    expect(warned).toMatchObject({
      level: 'warn',
      message:
        'compression is off on the transport ws-unix: no connection is compressed; the ' +
        'transport net has it',
    });
    const { exemptions } = (await (await fetch(`${started.adminUrl}/stats.json`)).json()) as {
      exemptions: unknown[];
    };
    expect(exemptions[0]).toEqual({
      id: 'no-compression',
      instead: 'no connection is compressed',
    });
  });

  it('refuses a page of another origin', async () => {
    const started = await startServer('echo.ts', { transport: WS_KIND, reactors: 1 });
    const url = `ws+unix://${folder}/0.sock:/`;
    const stranger = new WebSocket(url, { origin: 'https://elsewhere.example' });
    stranger.on('error', () => undefined);
    const [, response] = (await once(stranger, 'unexpected-response')) as [
      unknown,
      { statusCode: number },
    ];
    expect(response.statusCode).toBe(403);
    stranger.terminate();
    const metrics = await (await fetch(`${started.adminUrl}/metrics`)).text();
    expect(metrics).toMatch(/^ws_\w+\{.*reason="origin".*\} 1$/m);
    const socket = await open(url);
    expect(await ask(socket, 'hello')).toBe('hello');
    socket.terminate();
  });

  it('can be chosen by the application, with one reactor if it cannot share its port', async () => {
    const machine = { topology: fakeMachine({ coresPerLlc: 2 }), pin: 'off', heapMb: 256 } as const;
    const app = modulePath('alone-app.ts');
    const alone = await startServer(app, machine);
    await alone.line(/^transport: alone, chosen by the application; one reactor, because/);
    const socket = await open(alone.url);
    expect(await ask(socket, 'hello')).toBe('hello');
    socket.terminate();
    const stats = await (await fetch(`${alone.adminUrl}/stats.json`)).json();
    expect((stats as { reactors: unknown[]; placement: unknown[] }).reactors).toHaveLength(1);
    expect((stats as { placement: unknown[] }).placement).toHaveLength(1);
    const two = makeServer(app, { ...machine, reactors: 2 });
    await expect(two.server.start()).rejects.toMatchObject({
      code: 'HIOLOAD_OPTION_INVALID',
      message:
        'reactors must be 1 with the transport alone, because its reactors cannot listen on one ' +
        'port together; got 2',
    });
    expect(two.server.stuck).toEqual([]);
  });

  it('gives way to the choice of the operator', async () => {
    const choice = { transport: 'net', reactors: 1 } as const;
    const over = await startServer(modulePath('alone-app.ts'), choice);
    await over.line(/^transport: net, chosen by an option/);
  });
});

describe("a user's network under net", () => {
  it('carries frames over a pair of Unix sockets, under supervisor, bus and drain', async () => {
    const options = { transport: modulePath('link-kind.ts') };
    const started = await startReactors(2, 'topics.ts', options);
    await started.line(/^transport: link, /);
    const links = await Promise.all([0, 1].map((reactor) => LinkClient.connect(folder, reactor)));
    const sockets = await Promise.all(links.map((link) => link.open()));
    const second = await links[0]!.open();
    expect(await request(second, { do: 'who' })).toMatchObject({ reactor: 0 });
    second.close();
    await closeCode(second);
    await expectBusAndDrain(started, sockets as [WebSocket, WebSocket]);
    for (const link of links) link.close();
  });

  it('serves without a port, and says so', async () => {
    const options = { transport: modulePath('unix-kind.ts') };
    const started = await startReactors(2, 'topics.ts', options);
    expect(await started.line(/^ready: /)).toMatchObject({
      message: 'ready: transport unix, no port',
      fields: { url: null },
    });
    expect(started).toMatchObject({ url: null, port: 0 });
    const stats = await (await fetch(`${started.adminUrl}/stats.json`)).json();
    expect(stats).toMatchObject({ url: null, transport: 'unix', exemptions: [] });
    const sockets = await Promise.all([0, 1].map((r) => open(`ws+unix://${folder}/${r}.sock:/`)));
    await expectBusAndDrain(started, sockets as [WebSocket, WebSocket]);
  });

  it('leaves the port of the options free if its network has no ports', async () => {
    const { port, url } = await startServer('echo.ts', { reactors: 1, transport: 'net' });
    const transport = modulePath('unix-kind.ts');
    // The port is taken, which is nothing to a server without a port.
    const portless = await startServer('echo.ts', { reactors: 1, transport, port });
    expect(portless.port).toBe(0);
    const socket = await open(url);
    expect(await ask(socket, 'hello')).toBe('hello');
    socket.terminate();
  });
});

describe("a user's pool and extension under net", () => {
  const shared = shareServer(() => startServer(modulePath('pool-app.ts'), { reactors: 1 }));

  it('draws memory from a pool of the user', async () => {
    const started = shared();
    await started.line(/^transport: net-own-pool, /);
    const socket = await open(started.url);
    const before = Number(await ask(socket, 'acquired?'));
    expect(before).toBeGreaterThan(0);
    const long = 'x'.repeat(200_000);
    expect(await ask(socket, long)).toBe(long);
    expect(Number(await ask(socket, 'acquired?'))).toBeGreaterThan(before);
    socket.terminate();
  });

  it('hands messages to an extension of the user, in both directions', async () => {
    const { port } = shared();
    const name = 'x-fake-inverting';
    const client = new RawClient(port);
    client.write(head({ fields: { 'Sec-WebSocket-Extensions': name } }));
    const { fields } = await client.answer();
    expect(fields.get('sec-websocket-extensions')).toBe(name);

    // The extension flips every bit of a message and marks the message with the second bit.
    const inverted = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0xff));
    client.write(frame(Op.Text, inverted(Buffer.from('acquired?')), { rsv: SECOND_BIT }));
    await client.until('an answer', () => client.frames.length === 1);
    const [answer] = client.frames;
    expect(answer).toMatchObject({ opcode: Op.Text, fin: true, rsv: SECOND_BIT });
    // The application has read the question and not its inverted bytes: the answer is a number.
    expect(String(inverted(answer!.payload))).toMatch(/^\d+$/);
    client.destroy();
  });
});

describe("a user's reactor", () => {
  it('is driven by its contract: it starts, drains in its own words, and stops', async () => {
    const own = { reactorModule: modulePath('own-reactor.ts') };
    const started = await startReactors(2, 'topics.ts', { ...own, transport: 'uws' });
    await started.line(/^own reactor 0 starts$/);
    await started.line(/^own reactor 1 starts$/);
    const socket = await open(started.url);
    expect(await request(socket, { do: 'subscribe', topic: 'a' })).toBe(true);
    const closed = once(socket, 'close') as Promise<[number, Buffer]>;
    expect(await started.server.drain()).toEqual({ cut: 0, stuck: [] });
    const [code, reason] = await closed;
    expect([code, String(reason)]).toEqual([1001, 'own goodbye']);
  });
});

describe("a user's idle strategy", () => {
  it('decides how a reactor waits for the others', async () => {
    const loop = modulePath('own-idle.ts');
    const started = await startReactors(1, modulePath('idle-app.ts'), { loop });
    const socket = await open(started.url);
    const figures = async () => JSON.parse(await ask(socket, 'figures?')) as OwnIdleFigures;
    const before = await figures();
    expect(before).toMatchObject({ handled: 0 });
    const heard = nextMessage(socket);
    started.server.publish('news', 'for the lane of the reactor');
    expect(await heard).toBe('for the lane of the reactor');
    // The reactor asks the strategy after each look at its lanes, and says what it handled.
    const after = await figures();
    expect(after.handled).toBe(1);
    expect(after.asked).toBeGreaterThan(before.asked);
    socket.terminate();
    const ready = await started.line(/^reactor 0 ready$/);
    expect(ready.fields).toMatchObject({ loop: 'twice' });
    const stats = await (await fetch(`${started.adminUrl}/stats.json`)).json();
    expect(stats).toMatchObject({ reactors: [{ loop: 'twice' }] });
  });
});

describe("a user's affinity and topology", () => {
  it('describe the machine and bind the threads', async () => {
    const pinned: (readonly number[])[] = [];
    const bound = new Map<number, readonly number[]>();
    const topology: Topology = { ...fakeMachine({ coresPerLlc: 2 }), source: 'given' };
    const [home, ...rest] = topology.allowedCpus;
    let born = 0;
    const affinity: Affinity = {
      available: { ok: true },
      currentThreadId: () => 1,
      pin: (thread, cpus) => {
        bound.set(thread, cpus);
        pinned.push(cpus);
      },
      // The supervisor asks for each reactor, in their order, whether it is where it was born.
      read: () => pinned.filter((cpus) => cpus.length === 1)[born++]!,
    };
    const options: Partial<ServerOptions> = { affinity, topology, pin: 'on', reactors: 1 };
    const started = await startServer('echo.ts', { ...options, heapMb: 256 });
    await started.line(/^pinning: on/);
    expect(pinned).toEqual([[home], [home, ...rest]]);
    expect(born).toBe(1);
    expect(await (await fetch(`${started.adminUrl}/stats.json`)).json()).toMatchObject({
      machine: { source: 'given' },
      pinned: true,
    });
  });
});

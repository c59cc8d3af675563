// Test support: the server and the connections of one exemption.
import type { ConnectionHandlers, WebSocketConn } from '@hioload/api';
import { type HeadOptions, RawClient } from '@hioload/test-support/wire';
import { setTimeout as delay } from 'node:timers/promises';
import { serve, type ServerOptions, type TestServer } from '../support/server.js';

const servers: TestServer[] = [];
const clients: RawClient[] = [];

/** The behaviour of the library today, by the id of an exemption. */
export type Pins = Readonly<Record<string, () => Promise<void>>>;

/** Ends all that the pins have opened. */
export function clearStage(): void {
  for (const client of clients.splice(0)) client.destroy();
  for (const { transport } of servers.splice(0)) transport.close();
}

/** Starts a server that lives until the stage is cleared. */
export async function serveOn(
  handlers: ConnectionHandlers = {},
  options: ServerOptions<unknown> = {},
): Promise<TestServer> {
  const server = await serve(handlers, options);
  servers.push(server);
  return server;
}

/** Makes a TCP client that lives until the stage is cleared. */
export function connectTo({ port }: TestServer): RawClient {
  const client = new RawClient(port);
  clients.push(client);
  return client;
}

export interface Pair {
  readonly server: TestServer;
  readonly client: RawClient;
  readonly conn: WebSocketConn;
  /** Texts of the messages that were handled. */
  readonly messages: readonly string[];
  /** The codes that the close hook got. */
  readonly closes: readonly number[];
}

/** Opens a connection to a server of its own. */
export async function openPair(
  options: ServerOptions<unknown> &
    HeadOptions & { readonly handlers?: ConnectionHandlers; readonly allowHalfOpen?: boolean } = {},
): Promise<Pair> {
  const { handlers, ...serverOptions } = options;
  const messages: string[] = [];
  const closes: number[] = [];
  let conn: WebSocketConn | undefined;
  const server = await serveOn(
    {
      open: (one) => void (conn = one),
      message: (_, message) => void messages.push(message.text()),
      close: (_, code) => void closes.push(code),
      ...handlers,
    },
    serverOptions,
  );
  const client = await RawClient.open(server.port, options);
  clients.push(client);
  return { server, client, conn: conn!, messages, closes };
}

/** Sends the bytes of a handshake in pieces, each in a read of its own. */
export async function answerTo(pieces: readonly string[]): Promise<{ readonly status: number }> {
  const client = connectTo(await serveOn());
  for (const piece of pieces) {
    client.write(piece);
    await delay(20);
  }
  return client.answer();
}

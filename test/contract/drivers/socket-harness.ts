// Runs the transport contract on transports over real sockets.
import type { Transport, TransportOptions } from '@hioload/api';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { HandshakeOutcome, Knock, KnockOptions, TransportHarness } from '../harness.js';
import { plainRequest } from './plain-request.js';
import { bodyOf, fieldsOf } from './response.js';
import { SocketPeer } from './socket-peer.js';

/** Runs the contract on transports over real sockets, with the `ws` client as their peer. */
export function socketHarness(
  create: (options: TransportOptions) => Promise<Transport>,
): TransportHarness {
  const sockets: WebSocket[] = [];
  const foreign: Server[] = [];
  return {
    driver: {
      knock(_transport, port, options) {
        const socket = open(port, options);
        sockets.push(socket);
        return toKnock(socket);
      },
      request: (_transport, port, request) => plainRequest(port, request),
    },
    build: create,
    // A timer may fire a little early by the other clock.
    elapse: async (ms) => void (await delay(ms + 20)),
    async occupyPort() {
      const server = createServer();
      foreign.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return (server.address() as AddressInfo).port;
    },
    async dispose() {
      for (const socket of sockets) socket.terminate();
      await Promise.all(foreign.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

function open(port: number, { path = '/', protocols = [], headers = {} }: KnockOptions): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${port}${path}`, [...protocols], {
    headers: headers as Record<string, string>,
    perMessageDeflate: false,
  });
}

function toKnock(socket: WebSocket): Knock {
  const outcome = new Promise<HandshakeOutcome>((resolve) => {
    let answer: ReadonlyMap<string, string> = new Map();
    // Listens before the connection opens: the first messages may come with the answer.
    const peer = new SocketPeer(socket, () => answer);
    socket.on('upgrade', (response) => {
      answer = fieldsOf(response);
    });
    socket.on('open', () => resolve({ kind: 'open', peer }));
    socket.on('error', () => resolve({ kind: 'unreachable' }));
    socket.on('unexpected-response', (request, response) => {
      void bodyOf(response).then((bytes) => {
        request.destroy();
        resolve({
          kind: 'refused',
          status: response.statusCode ?? 0,
          body: bytes.toString(),
          headers: fieldsOf(response),
        });
      });
    });
  });
  return { outcome, abandon: () => socket.terminate() };
}

// Test support: opens connections to a server and talks to it.
import { once } from 'node:events';
import { WebSocket } from 'ws';

/** Opens a connection. */
export async function open(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, 'open');
  return socket;
}

/** Opens many connections. */
export function openMany(url: string, count: number): Promise<WebSocket[]> {
  return Promise.all(Array.from({ length: count }, () => open(url)));
}

/** Sends a message and resolves with the text of the next one that arrives. */
export async function ask(socket: WebSocket, message: string): Promise<string> {
  const answer = once(socket, 'message');
  socket.send(message);
  return String((await answer)[0]);
}

/** Resolves with the close code. */
export async function closeCode(socket: WebSocket): Promise<number> {
  return ((await once(socket, 'close')) as [number])[0];
}

/** Connects until the answer to `message` is as wished; resolves with that connection. */
export async function openWhere(
  url: string,
  message: string,
  wished: (answer: string) => boolean,
): Promise<WebSocket> {
  for (;;) {
    const socket = await open(url);
    if (wished(await ask(socket, message))) return socket;
    socket.terminate();
  }
}

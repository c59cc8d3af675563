import { once } from 'node:events';
import type { WebSocket } from 'ws';
import { open } from '../server/clients.js';
import type { Request } from '../server/apps/topics.js';

/** A client of the application `topics.ts`, and which reactor it is on. */
export class TopicClient {
  readonly socket: WebSocket;
  readonly reactor: number;
  readonly id: number;
  /** What was published to it, as text, oldest first. */
  readonly heard: string[] = [];
  #answers: ((answer: unknown) => void)[] = [];

  private constructor(socket: WebSocket, { reactor, id }: { readonly reactor: number; readonly id: number }) {
    this.socket = socket;
    this.reactor = reactor;
    this.id = id;
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#take(data, isBinary));
  }

  static async open(url: string): Promise<TopicClient> {
    const socket = await open(url);
    const answer = once(socket, 'message');
    socket.send(JSON.stringify({ do: 'who' } satisfies Request));
    return new TopicClient(socket, JSON.parse(String((await answer)[0])) as { reactor: number; id: number });
  }

  /** Asks, and resolves with the answer. */
  ask<Answer = unknown>(request: Request): Promise<Answer> {
    this.tell(request);
    return new Promise((resolve) => this.#answers.push(resolve as (answer: unknown) => void));
  }

  /** Asks for what is not answered. */
  tell(request: Request): void {
    this.socket.send(JSON.stringify(request));
  }

  #take(data: Buffer, isBinary: boolean): void {
    const text = String(data);
    if (!isBinary && text.startsWith('{') && !text.startsWith('{"topic"')) this.#answers.shift()?.(JSON.parse(text));
    else this.heard.push(text);
  }
}

/** Opens connections until each reactor has one; by reactor. */
export async function openOnEach(url: string, reactors: number): Promise<TopicClient[]> {
  const clients: TopicClient[] = [];
  while (clients.filter((client) => client !== undefined).length < reactors) {
    const client = await TopicClient.open(url);
    if (clients[client.reactor] === undefined) clients[client.reactor] = client;
    else client.socket.terminate();
  }
  return clients;
}

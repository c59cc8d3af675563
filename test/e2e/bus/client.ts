// Test support: a client of the application `topics.ts`.
import { once } from 'node:events';
import type { WebSocket } from 'ws';
import type { Request } from '../server/apps/topics.js';
import { open } from '../server/clients.js';

/** A client of the application `topics.ts`, and which reactor it is on. */
export class TopicClient {
  readonly socket: WebSocket;
  readonly reactor: number;
  readonly id: number;
  /** What was published or sent to it, as text, oldest first. */
  readonly heard: string[] = [];
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
  readonly #answers: ((answer: unknown) => void)[] = [];

  private constructor(
    socket: WebSocket,
    { reactor, id }: { readonly reactor: number; readonly id: number },
  ) {
    this.socket = socket;
    this.reactor = reactor;
    this.id = id;
    this.closed = once(socket, 'close').then(([code]) => code as number);
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#take(String(data), isBinary));
  }

  static async open(url: string): Promise<TopicClient> {
    const socket = await open(url);
    const answer = once(socket, 'message');
    socket.send(JSON.stringify({ do: 'who' } satisfies Request));
    const who = JSON.parse(String((await answer)[0])) as {
      answer: { reactor: number; id: number };
    };
    return new TopicClient(socket, who.answer);
  }

  /** Asks, and resolves with the answer: by then all has arrived that was sent before it. */
  ask<Answer = unknown>(request: Request): Promise<Answer> {
    this.tell(request);
    return new Promise((resolve) => this.#answers.push(resolve as (answer: unknown) => void));
  }

  /** Asks for what is not answered. */
  tell(request: Request): void {
    this.socket.send(JSON.stringify(request));
  }

  subscribe(topic: string): Promise<unknown> {
    return this.ask({ do: 'subscribe', topic });
  }

  /** Publishes bytes, and gets no answer. */
  publish(topic: string, payload: string | Uint8Array): void {
    const name = Buffer.from(topic);
    this.socket.send(Buffer.concat([Buffer.from([name.length]), name, Buffer.from(payload)]));
  }

  #take(text: string, isBinary: boolean): void {
    if (!isBinary && text.startsWith('{"answer"')) {
      this.#answers.shift()?.((JSON.parse(text) as { answer: unknown }).answer);
    } else {
      this.heard.push(text);
    }
  }
}

/**
 * Opens connections until each reactor has so many, and closes those that are too many. By reactor.
 */
export async function openOnEach(
  url: string,
  reactors: number,
  each = 1,
): Promise<TopicClient[][]> {
  const clients = Array.from({ length: reactors }, (): TopicClient[] => []);
  for (;;) {
    const missing = clients.reduce((sum, here) => sum + Math.max(0, each - here.length), 0);
    if (missing === 0) return clients;
    const opened = await Promise.all(Array.from({ length: missing }, () => TopicClient.open(url)));
    for (const client of opened) {
      const here = clients[client.reactor]!;
      if (here.length < each) here.push(client);
      else client.socket.terminate();
    }
  }
}

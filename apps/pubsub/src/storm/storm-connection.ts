// One client of a storm: joins its rooms, says messages and reports copies.
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { ErrorReply, Reply, Said, Welcome } from '../protocol/replies.js';
import type { PlannedConnection } from './storm-plan.js';

/** The events of a connection. */
export interface StormEvents {
  /** A copy of a message has arrived. */
  onSaid(to: StormConnection, said: Said): void;
  /** A request was refused. */
  onRefused(from: StormConnection, error: ErrorReply): void;
}

/** A refused handshake, with its status. */
export interface Refused {
  readonly status: number;
}

/** One client of the storm. */
export class StormConnection {
  readonly tenant: string;
  readonly welcome: Welcome;
  /** The rooms of the client. */
  readonly rooms = new Set<string>();
  readonly #socket: WebSocket;
  readonly #events: StormEvents;
  #answersDue = 0;
  #onAnswered: (() => void) | undefined;

  private constructor(socket: WebSocket, welcome: Welcome, tenant: string, events: StormEvents) {
    this.#socket = socket;
    this.welcome = welcome;
    this.tenant = tenant;
    this.#events = events;
    // After any error of the connection `isOpen` is false.
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => this.#hear(JSON.parse(data.toString()) as Reply));
  }

  /**
   * Connects. @returns the refusal, if the server refuses @throws any other error of the connection
   */
  static async open(
    url: string,
    { tenant }: PlannedConnection,
    events: StormEvents,
  ): Promise<StormConnection | Refused> {
    const socket = new WebSocket(`${url}/rooms/${tenant}`, { perMessageDeflate: false });
    const refused = new Promise<Refused>((resolve) => {
      socket.on('unexpected-response', (request, response: IncomingMessage) => {
        request.destroy();
        resolve({ status: response.statusCode ?? 0 });
      });
    });
    const first = once(socket, 'message').then(([data]) => JSON.parse(String(data)) as Welcome);
    const answer = await Promise.race([first, refused]);
    if ('status' in answer) {
      first.catch(() => undefined);
      return answer;
    }
    return new StormConnection(socket, answer, tenant, events);
  }

  /** Whether the connection is open. */
  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Bytes that wait to be sent. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Joins rooms. Resolves when each join has an answer, or the connection has ended. */
  async join(rooms: readonly string[]): Promise<void> {
    if (rooms.length === 0) return;
    this.#answersDue = rooms.length;
    const answered = new Promise<void>((resolve) => {
      this.#onAnswered = resolve;
      this.#socket.once('close', () => resolve());
    });
    for (const room of rooms) this.#send({ type: 'join', room, name: 'storm', presence: false });
    await answered;
    this.#onAnswered = undefined;
  }

  say(room: string, text: string, ref: number): void {
    this.#send({ type: 'say', room, text, ref });
  }

  /** Ends the connection; resolves when it has ended. */
  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
  }

  #send(request: object): void {
    this.#socket.send(JSON.stringify(request), () => undefined);
  }

  #hear(reply: Reply): void {
    if (reply.type === 'said') this.#events.onSaid(this, reply);
    else if (reply.type === 'joined') {
      this.rooms.add(reply.room);
      this.#answered();
    } else if (reply.type === 'error') {
      this.#events.onRefused(this, reply);
      // A client says nothing while it joins, so that every error is about a join.
      if (this.#onAnswered !== undefined) this.#answered();
    }
  }

  #answered(): void {
    this.#answersDue--;
    if (this.#answersDue === 0) this.#onAnswered?.();
  }
}

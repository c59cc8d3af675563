// One client of a storm: joins its rooms, says messages and reports copies.
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { ErrorReply, Reply, Said, Welcome } from '../protocol/replies.js';
import type { PlannedConnection } from './plan.js';

/** What a connection tells of. */
export interface StormEvents {
  /** A copy of something said has arrived. */
  onSaid(to: StormConnection, said: Said): void;
  /** A request was refused. */
  onRefused(from: StormConnection, error: ErrorReply): void;
}

/** A handshake that was refused, with its status. */
export interface Refused {
  readonly status: number;
}

/** One client of the storm. */
export class StormConnection {
  readonly tenant: string;
  readonly welcome: Welcome;
  /** Rooms that it is in. */
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
    // Whatever breaks it, its end is seen in `isOpen`.
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => this.#hear(JSON.parse(data.toString()) as Reply));
  }

  /**
   * Connects. @returns the refusal of the server, where it is refused @throws what became of the
   * connection else
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

  /** Whether it is still there. */
  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Bytes that wait to be sent. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Joins rooms; resolves when each was answered, or the connection has ended. */
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
      // While it joins it says nothing, so that every error is about a join.
      if (this.#onAnswered !== undefined) this.#answered();
    }
  }

  #answered(): void {
    this.#answersDue--;
    if (this.#answersDue === 0) this.#onAnswered?.();
  }
}

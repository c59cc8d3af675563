// One client of the fan-out load: checks each message that it receives.
import { randomBytes } from 'node:crypto';
import { emptyFrameHeader, Opcode, readFrameHeader } from '@hioload/protocol';
import { ClientSocket, type Target } from './client-socket.js';
import { CycleWriter } from './cycle-writer.js';
import { type Dialect, DIALECTS } from './dialect.js';
import type { FanOutLoad } from './fan-out-load.js';
import { LoadFault } from './load-fault.js';
import { type MessageCycle, prepareCycle, writeFrame } from './message-cycle.js';
import { StreamJudge } from './stream-judge.js';

/** The messages that a client must get. */
export interface Feed {
  /** The number of messages published so far. */
  readonly sent: number;
}

/** What all clients of a thread have in common. */
export interface FanOutClientOptions {
  readonly target: Target;
  readonly dialect: Dialect;
  /** The messages that are published; all clients use the same ones. */
  readonly cycle: MessageCycle;
  readonly shared: Buffer;
  readonly feed: Feed;
}

/** @param shared see `sharedReadBuffer` */
export function fanOutClientOptions(
  load: FanOutLoad,
  shared: Buffer,
  feed: Feed,
): FanOutClientOptions {
  const { host, port, query, payloadBytes, inFlight } = load;
  const dialect = DIALECTS[load.dialect];
  const target = { host, port, path: dialect.path + query };
  return { target, dialect, cycle: prepareCycle(0, payloadBytes, inFlight, dialect), shared, feed };
}

export interface FanOutEvents {
  /** Messages came whole, unchanged and in order. */
  received(messages: number): void;
  failed(fault: Error): void;
}

/** A client that publishes, or a client that gets the published messages. */
export class FanOutClient {
  readonly #name: string;
  readonly #dialect: Dialect;
  readonly #judge: StreamJudge;
  readonly #events: FanOutEvents;
  readonly #socket: ClientSocket;
  readonly #cycle: MessageCycle;
  readonly #feed: Feed;
  /** Messages of the feed that the judge already expects. */
  #due = 0;
  #state: 'handshake' | 'greeting' | 'connected' | 'ended' = 'handshake';
  #writer: CycleWriter | null = null;
  #opened: () => void = () => {};

  /**
   * Resolves when the client is connected. A failure goes to `failed`, and the promise stays
   * pending.
   */
  readonly open: Promise<void> = new Promise((resolve) => {
    this.#opened = resolve;
  });

  constructor(
    name: string,
    { target, dialect, cycle, shared, feed }: FanOutClientOptions,
    events: FanOutEvents,
  ) {
    this.#name = name;
    this.#dialect = dialect;
    this.#cycle = cycle;
    this.#feed = feed;
    this.#judge = new StreamJudge(cycle, name);
    this.#events = events;
    this.#socket = new ClientSocket(target, shared, {
      opened: () => {
        this.#state = 'greeting';
        if (dialect.greet === undefined) this.#connected();
      },
      read: (chunk, bytes) => this.#read(chunk, bytes),
      failed: (what) => this.#fail(what),
    });
  }

  /** Publishes the next messages of the cycle. */
  send(messages: number): void {
    this.#writer?.send(messages);
  }

  /** @throws LoadFault where messages are outstanding */
  assertSettled(why: string): void {
    this.#catchUp();
    this.#judge.settle(why);
  }

  close(): void {
    this.#state = 'ended';
    this.#socket.close();
  }

  #connected(): void {
    this.#state = 'connected';
    this.#writer = new CycleWriter(this.#cycle, this.#socket.writer());
    this.#opened();
  }

  #read(chunk: Buffer, bytes: number): void {
    if (this.#state === 'greeting') {
      this.#readGreeting(chunk, bytes);
      return;
    }
    if (this.#state !== 'connected') return;
    this.#catchUp();
    try {
      const complete = this.#judge.accept(chunk, bytes);
      if (complete > 0) this.#events.received(complete);
    } catch (error) {
      this.close();
      this.#events.failed(error as Error);
    }
  }

  /** Tells the judge about all messages published so far. */
  #catchUp(): void {
    const { sent } = this.#feed;
    if (sent === this.#due) return;
    this.#judge.sent(sent - this.#due);
    this.#due = sent;
  }

  /** Reads the short messages with which a library begins. Each message comes in one piece. */
  #readGreeting(chunk: Buffer, bytes: number): void {
    const header = emptyFrameHeader();
    for (let at = 0; at < bytes;) {
      const start = at + readFrameHeader(chunk, at, bytes, header);
      const end = start + header.payloadBytes;
      if (start <= at || end > bytes) {
        this.#fail('the greeting of the server is cut');
        return;
      }
      const greeting = this.#dialect.greet?.(chunk.toString('utf8', start, end));
      if (greeting !== undefined && 'answer' in greeting) this.#answer(greeting.answer);
      else if (greeting?.connected === true) this.#connected();
      else
        this.#fail(`the server greets with ${JSON.stringify(chunk.toString('utf8', start, end))}`);
      at = end;
    }
  }

  #answer(text: string): void {
    const frame = Buffer.alloc(text.length + 6);
    writeFrame(frame, 0, Opcode.Text, Buffer.from(text), randomBytes(4).readUInt32BE());
    this.#socket.writer()(frame);
  }

  #fail(what: string): void {
    this.close();
    this.#catchUp();
    const outstanding = this.#judge.outstanding;
    const lost = outstanding === 0 ? '' : `, with ${outstanding} messages outstanding`;
    this.#events.failed(new LoadFault(`${this.#name}: ${what}${lost}`));
  }
}

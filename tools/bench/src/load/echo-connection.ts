// One connection of the echo load: sends messages and checks each answer.
import { ClientSocket, type Target } from './client-socket.js';
import { CycleWriter } from './cycle-writer.js';
import { LoadFault } from './load-fault.js';
import { type MessageCycle, prepareCycle } from './message-cycle.js';
import { StreamJudge } from './stream-judge.js';

export interface EchoTarget extends Target {
  readonly payloadBytes: number;
  readonly inFlight: number;
}

/** The events of a connection, for the generator that owns it. */
export interface EchoEvents {
  /** Called when `messages` messages have come back, whole and unchanged. */
  echoed(messages: number): void;
  /** The connection no longer sends, and its last outstanding message has come back. */
  settled(): void;
  /** The server failed. The connection reports nothing after this. */
  failed(fault: Error): void;
}

/**
 * One client that keeps a number of messages in flight. For each message that comes back, it sends
 * the next message of its cycle.
 */
export class EchoConnection {
  readonly #name: string;
  readonly #inFlight: number;
  readonly #cycle: MessageCycle;
  readonly #judge: StreamJudge;
  readonly #events: EchoEvents;
  readonly #socket: ClientSocket;
  #state: 'handshake' | 'idle' | 'sending' | 'settling' | 'ended' = 'handshake';
  #writer: CycleWriter | null = null;
  #opened: () => void = () => {};

  /**
   * Resolves when the handshake is done. A failure goes to `failed`, and the promise stays pending.
   */
  readonly open: Promise<void> = new Promise((resolve) => {
    this.#opened = resolve;
  });

  /**
   * @param index number of the connection in the run @param shared read buffer that all connections
   * of the thread share
   */
  constructor(index: number, target: EchoTarget, shared: Buffer, events: EchoEvents) {
    this.#name = `connection ${index}`;
    this.#inFlight = target.inFlight;
    this.#cycle = prepareCycle(index, target.payloadBytes, target.inFlight);
    this.#judge = new StreamJudge(this.#cycle, this.#name);
    this.#events = events;
    this.#socket = new ClientSocket(target, shared, {
      opened: () => {
        this.#state = 'idle';
        this.#writer = new CycleWriter(this.#cycle, this.#socket.writer());
        this.#opened();
      },
      read: (chunk, bytes) => this.#read(chunk, bytes),
      failed: (what) => this.#fail(what),
    });
  }

  start(): void {
    this.#state = 'sending';
    this.#send(this.#inFlight);
  }

  /** Sends no more messages. `settled` follows when all messages are back, perhaps at once. */
  finish(): void {
    if (this.#state !== 'sending') return;
    this.#state = 'settling';
    if (this.#judge.outstanding === 0) this.#events.settled();
  }

  /** @throws LoadFault where messages are outstanding */
  assertSettled(why: string): void {
    this.#judge.settle(why);
  }

  close(): void {
    this.#state = 'ended';
    this.#socket.close();
  }

  #read(chunk: Buffer, bytes: number): void {
    if (this.#state === 'ended') return;
    try {
      const complete = this.#judge.accept(chunk, bytes);
      if (complete === 0) return;
      this.#events.echoed(complete);
      if (this.#state === 'sending') this.#send(complete);
      else if (this.#judge.outstanding === 0) this.#events.settled();
    } catch (error) {
      this.close();
      this.#events.failed(error as Error);
    }
  }

  #send(messages: number): void {
    this.#judge.sent(messages);
    this.#writer?.send(messages);
  }

  #fail(what: string): void {
    this.close();
    const outstanding = this.#judge.outstanding;
    const lost = outstanding === 0 ? '' : `, with ${outstanding} messages outstanding`;
    this.#events.failed(new LoadFault(`${this.#name}: ${what}${lost}`));
  }
}

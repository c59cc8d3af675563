import { createHash, randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { EchoFault, EchoJudge } from './echo-judge.js';
import { prepareCycle, type MessageCycle } from './message-cycle.js';
import { type SocketWriter, WriterSource } from './socket-writer.js';

/** Appended to the key of a handshake before it is hashed (RFC 6455 section 1.3). */
const HANDSHAKE_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export interface LoadTarget {
  readonly host: string;
  readonly port: number;
  readonly payloadBytes: number;
  readonly inFlight: number;
}

/** What connections tell the generator that owns them. */
export interface LoadEvents {
  /** Messages came back whole and unaltered. */
  echoed(messages: number): void;
  /** The last outstanding message of a connection that no longer sends has come back. */
  settled(): void;
  /** The server failed; nothing more is to be expected of the connection. */
  failed(fault: Error): void;
}

/** One client that keeps a number of messages in flight: for each that comes back, it sends the next of its cycle. */
export class LoadConnection {
  readonly #index: number;
  readonly #inFlight: number;
  readonly #cycle: MessageCycle;
  readonly #judge: EchoJudge;
  readonly #events: LoadEvents;
  readonly #socket: Socket;
  readonly #writers: WriterSource;
  /** Stretches of outgoing frames by start and count; made when first needed, so that sending makes no object. */
  readonly #stretches: (Buffer | undefined)[] = [];
  #state: 'handshake' | 'idle' | 'sending' | 'settling' | 'ended' = 'handshake';
  #head = '';
  #next = 0;
  #write: SocketWriter = () => {};
  #opened: () => void = () => {};

  /** Resolves when the handshake is done; a failure goes to `failed` and leaves it pending. */
  readonly open: Promise<void> = new Promise((resolve) => {
    this.#opened = resolve;
  });

  /** @param index number of the connection in the run @param shared read buffer that all connections of the thread share */
  constructor(index: number, target: LoadTarget, shared: Buffer, events: LoadEvents) {
    this.#index = index;
    this.#inFlight = target.inFlight;
    this.#cycle = prepareCycle(index, target.payloadBytes, target.inFlight);
    this.#judge = new EchoJudge(this.#cycle, index);
    this.#events = events;
    const key = randomBytes(16).toString('base64');
    const accept = createHash('sha1')
      .update(key + HANDSHAKE_GUID)
      .digest('base64');
    const callback = (bytes: number): boolean => {
      this.#read(shared, bytes, accept);
      return true;
    };
    this.#socket = connect({
      host: target.host,
      port: target.port,
      noDelay: true,
      onread: { buffer: shared, callback },
    });
    this.#writers = new WriterSource(this.#socket);
    this.#socket.on('error', (error) => this.#fail(error.message));
    this.#socket.on('close', () => this.#fail('closed by the server'));
    const request =
      `GET / HTTP/1.1\r\nHost: ${target.host}:${target.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`;
    this.#socket.write(Buffer.from(request));
  }

  start(): void {
    this.#state = 'sending';
    this.#send(this.#inFlight);
  }

  /** Sends no more; `settled` follows when all is back, perhaps at once. */
  finish(): void {
    if (this.#state !== 'sending') return;
    this.#state = 'settling';
    if (this.#judge.outstanding === 0) this.#events.settled();
  }

  /** @throws EchoFault where messages are outstanding */
  assertSettled(why: string): void {
    this.#judge.settle(why);
  }

  close(): void {
    this.#state = 'ended';
    this.#socket.destroy();
  }

  #read(chunk: Buffer, bytes: number, accept: string): void {
    if (this.#state === 'handshake') {
      this.#readHead(chunk.toString('latin1', 0, bytes), accept);
      return;
    }
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

  #readHead(text: string, accept: string): void {
    this.#head += text;
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const [status = '', ...fields] = this.#head.slice(0, end).split('\r\n');
    const accepted = fields.some((field) => /^sec-websocket-accept:\s*(\S+)$/i.exec(field)?.[1] === accept);
    if (!status.startsWith('HTTP/1.1 101') || !accepted || this.#head.length !== end + 4) {
      this.#fail(`the handshake was answered with ${JSON.stringify(this.#head.slice(0, 200))}`);
      return;
    }
    this.#state = 'idle';
    this.#write = this.#writers.writer();
    this.#opened();
  }

  #send(messages: number): void {
    const { outgoing, outgoingFrameBytes } = this.#cycle;
    const key = this.#next * (this.#inFlight + 1) + messages;
    const stretch = (this.#stretches[key] ??= outgoing.subarray(
      this.#next * outgoingFrameBytes,
      (this.#next + messages) * outgoingFrameBytes,
    ));
    this.#next = (this.#next + messages) % this.#cycle.messages;
    this.#judge.sent(messages);
    this.#write(stretch);
  }

  #fail(what: string): void {
    if (this.#state === 'ended') return;
    this.close();
    const outstanding = this.#judge.outstanding;
    const lost = outstanding === 0 ? '' : `, with ${outstanding} messages outstanding`;
    this.#events.failed(new EchoFault(`connection ${this.#index}: ${what}${lost}`));
  }
}

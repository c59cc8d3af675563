// A fake peer for tests: the client end of a connection of the fake transport.
import {
  assertSendableClose,
  type Bytes,
  CloseCode,
  HioloadError,
  pingPayloadOf,
  type WebSocketConn,
} from '@hioload/api';
import { type CapturedMessage, capture, copyOf } from './captured.js';
import type { OutboundFrame } from './outbound.js';
import { assertShortControl } from './rules.js';

/**
 * `connecting` while an asynchronous upgrade hook decides, `refused` after a status other than 101,
 * `unreachable` if nobody listens.
 */
export type FakePeerState = 'connecting' | 'open' | 'closed' | 'refused' | 'unreachable';

/** The answer that refused a handshake. */
export interface FakeRefusal {
  readonly status: number;
  readonly body: string;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
}

/** The calls from a peer to its connection. */
export interface PeerWire {
  message(message: CapturedMessage): void;
  ping(payload: Uint8Array<ArrayBuffer>): void;
  pong(payload: Uint8Array<ArrayBuffer>): void;
  close(code: number, reason: string): void;
  vanish(): void;
  stopReading(kernelRoomBytes: number): void;
  resumeReading(): void;
}

/** The calls from the transport to a peer. They are handed out once, when the peer is made. */
export interface PeerControls<Data> {
  /** The handshake waits for a decision. The peer calls `abandon` if the client goes away. */
  awaitDecision(abandon: () => void): void;
  opened(wire: PeerWire, conn: WebSocketConn<Data>, headers: ReadonlyMap<string, string>): void;
  refused(refusal: FakeRefusal): void;
  unreachable(): void;
  /** A frame of the server arrives. */
  take(frame: OutboundFrame): void;
  /** The connection was cut. */
  cut(): void;
}

/**
 * The client of one connection to a {@link FakeTransport}, which makes the peer. Each call has its
 * whole effect before it returns: handlers have run, and their messages to the peer are in
 * `received`. (A call from inside a handler takes effect when that handler has returned, as over a
 * socket.)
 *
 * ```ts
 * const peer = transport.connect({ path: '/chat' });
 * peer.send('hello');
 * expect(peer.texts).toEqual(['hello']);
 * peer.close(1000);
 * ```
 */
export class FakePeer<Data = unknown> {
  /**
   * Whether pings of the server are answered, as every peer must (RFC 6455 section 5.5.2). Default:
   * true.
   */
  answersPings = true;
  state: FakePeerState = 'connecting';
  /** The connection of the server, after the handshake was accepted. */
  conn: WebSocketConn<Data> | undefined;
  /** The agreed subprotocol, or the empty string. */
  protocol = '';
  /** Further header fields of an accepted handshake, by lower-case name. */
  headers: ReadonlyMap<string, string> = new Map();
  refusal: FakeRefusal | undefined;
  /** Messages that arrived, oldest first. */
  readonly received: CapturedMessage[] = [];
  readonly receivedPings: Uint8Array[] = [];
  readonly receivedPongs: Uint8Array[] = [];
  /**
   * Code and reason as in the close event of a client: 1006 if the connection was cut, 1005 if no
   * code came.
   */
  closedWith: { readonly code: number; readonly reason: string } | undefined;
  /** Resolves when the handshake was accepted, refused or given up. */
  readonly settled: Promise<this>;
  #settle!: () => void;
  #wire: PeerWire | undefined;
  #abandon: (() => void) | undefined;
  #reads = true;

  /** Peers are made by `FakeTransport.connect`. */
  constructor(control: (controls: PeerControls<Data>) => void) {
    this.settled = new Promise((resolve) => {
      this.#settle = () => resolve(this);
    });
    control({
      awaitDecision: (abandon) => {
        this.#abandon = abandon;
      },
      opened: (wire, conn, headers) => {
        this.#wire = wire;
        this.conn = conn;
        this.protocol = conn.protocol;
        this.headers = headers;
        this.#enter('open');
      },
      refused: (refusal) => {
        this.refusal = refusal;
        this.#enter('refused');
      },
      unreachable: () => this.#enter('unreachable'),
      take: (frame) => this.#take(frame),
      cut: () => this.#end(CloseCode.Abnormal, ''),
    });
  }

  /** The messages of `received`, decoded. */
  get texts(): string[] {
    return this.received.map((message) => message.text);
  }

  /** Whether the peer reads. A peer that does not read cannot answer pings. */
  get reads(): boolean {
    return this.#reads;
  }

  /**
   * Sends a message: a string as text, bytes as binary. @returns false if the connection has ended
   */
  send(message: string | Bytes): boolean {
    return this.#use('send', (wire) => wire.message(capture(message)));
  }

  /**
   * Sends a ping. @throws HIOLOAD_CONTROL_PAYLOAD_TOO_LONG @returns false if the connection has
   * ended
   */
  ping(payload: string | Bytes = ''): boolean {
    return this.#use('ping', (wire) => wire.ping(controlPayload(payload)));
  }

  /**
   * Sends an unsolicited pong. @throws HIOLOAD_CONTROL_PAYLOAD_TOO_LONG @returns false if the
   * connection has ended
   */
  pong(payload: string | Bytes = ''): boolean {
    return this.#use('pong', (wire) => wire.pong(controlPayload(payload)));
  }

  /**
   * Sends a close frame, with a code if one is given. @throws HIOLOAD_CLOSE_CODE_INVALID,
   * HIOLOAD_CLOSE_REASON_TOO_LONG
   */
  close(code?: number, reason = ''): boolean {
    assertSendableClose(code ?? CloseCode.Normal, reason);
    return this.#use('close', (wire) => wire.close(code ?? CloseCode.NoStatus, reason));
  }

  /** Disconnects without a close frame, also during the handshake. The server notices at once. */
  vanish(): void {
    if (this.state !== 'connecting' && this.state !== 'open') return;
    const leave = this.state === 'open' ? () => this.#wire?.vanish() : this.#abandon;
    this.#end(CloseCode.Abnormal, '');
    leave?.();
  }

  /**
   * Reads nothing more, so that what the server sends waits there.
   * @param kernelRoomBytes how many bytes the buffers of the kernel still take: the server sees
   * these as sent
   */
  stopReading(kernelRoomBytes = 0): void {
    this.#use('stopReading', (wire) => wire.stopReading(kernelRoomBytes));
    this.#reads = false;
  }

  /** Reads everything that waits, and everything that follows. */
  resumeReading(): void {
    this.#reads = true;
    this.#wire?.resumeReading();
  }

  #enter(state: FakePeerState): void {
    this.state = state;
    this.#settle();
  }

  #take(frame: OutboundFrame): void {
    if (this.state !== 'open') return;
    if (frame.kind === 'message') this.received.push(frame.message);
    else if (frame.kind === 'close') this.#end(frame.code, frame.reason);
    else if (frame.kind === 'pong') this.receivedPongs.push(frame.payload);
    else {
      this.receivedPings.push(frame.payload);
      if (this.answersPings) this.#wire?.pong(copyOf(frame.payload));
    }
  }

  #end(code: number, reason: string): void {
    if (this.state === 'closed') return;
    this.closedWith = { code, reason };
    this.#enter('closed');
  }

  #use(what: string, act: (wire: PeerWire) => void): boolean {
    if (this.state === 'closed') return false;
    if (this.state !== 'open' || this.#wire === undefined) {
      throw new HioloadError(
        'HIOLOAD_STATE',
        `peer: ${what} needs an open connection; the state is ${this.state}`,
      );
    }
    act(this.#wire);
    return true;
  }
}

function controlPayload(payload: string | Bytes): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pingPayloadOf(payload));
  assertShortControl(bytes);
  return bytes;
}

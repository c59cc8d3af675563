// The close handshake as a state machine: says what the owner of the socket must do next.
import { assertSendableClose, CloseCode } from '@hioload/api';
import type { Role } from './frame-decoder.js';
import type { ProtocolViolation } from './violation.js';

/** What the owner of the socket does next. */
export const CloseStep = {
  /** Nothing: it was done before. */
  None: 'none',
  /** Send a close frame with `sentCode` and `sentReason`, and wait for the peer. */
  Send: 'send',
  /** Send that close frame, and shut the sending side down behind it. */
  SendAndShut: 'send-and-shut',
  /** Shut the sending side down: both close frames have gone their way. */
  Shut: 'shut',
  /** Wait for the server to shut the connection down (RFC 6455 section 7.1.1). */
  Await: 'await',
} as const;
export type CloseStep = (typeof CloseStep)[keyof typeof CloseStep];

const Phase = { Open: 0, Sent: 1, Done: 2, Lost: 3 } as const;
type Phase = (typeof Phase)[keyof typeof Phase];

/**
 * The closing handshake of one connection (RFC 6455 section 7): who has said what, what is to be
 * done next, and how the connection is going to be told to have ended. From the first close frame
 * on, sent or received, the owner cuts the connection when `isOverdue` says so.
 */
export class CloseHandshake {
  readonly #role: Role;
  readonly #timeoutMs: number;
  #phase: Phase = Phase.Open;
  #deadlineMs = Infinity;
  /**
   * What the connection ended with: code and reason of whichever side closed first. 1006 until
   * then.
   */
  code: number = CloseCode.Abnormal;
  reason = '';
  /** What our close frame holds; a code of 1005 stands for none. */
  sentCode: number = CloseCode.NoStatus;
  sentReason = '';

  /** @param timeoutMs how long the peer may take to answer, and to shut down */
  constructor(role: Role, timeoutMs: number) {
    this.#role = role;
    this.#timeoutMs = timeoutMs;
  }

  /** Whether messages may still be sent. */
  get isOpen(): boolean {
    return this.#phase === Phase.Open;
  }

  /**
   * Our side wants to close.
   * @param code 1005 for a close frame without a code
   * @throws HIOLOAD_CLOSE_CODE_INVALID, HIOLOAD_CLOSE_REASON_TOO_LONG, HIOLOAD_OPTION_INVALID
   */
  end(code: number, reason: string, nowMs: number): CloseStep {
    if (code !== CloseCode.NoStatus || reason !== '') assertSendableClose(code, reason);
    if (this.#phase !== Phase.Open) return CloseStep.None;
    this.#settle(code, reason, nowMs);
    this.#send(code, reason, Phase.Sent);
    return CloseStep.Send;
  }

  /** The close frame of the peer came: it is answered with its own code, and with no reason. */
  received(code: number, reason: string, nowMs: number): CloseStep {
    const isServer = this.#role === 'server';
    if (this.#phase === Phase.Sent) {
      this.#phase = Phase.Done;
      return isServer ? CloseStep.Shut : CloseStep.Await;
    }
    if (this.#phase !== Phase.Open) return CloseStep.None;
    this.#settle(code, reason, nowMs);
    this.#send(code, '', Phase.Done);
    return isServer ? CloseStep.SendAndShut : CloseStep.Send;
  }

  /**
   * The peer broke a rule: it is told, unless it was told something before, and not listened to any
   * more.
   */
  failed(violation: ProtocolViolation, nowMs: number): CloseStep {
    const phase = this.#phase;
    if (phase === Phase.Done || phase === Phase.Lost) return CloseStep.None;
    this.#settle(violation.closeCode, '', nowMs);
    if (phase === Phase.Sent) {
      this.#phase = Phase.Done;
      return CloseStep.Shut;
    }
    this.#send(violation.closeCode, '', Phase.Done);
    return CloseStep.SendAndShut;
  }

  /** The socket is gone, by whichever side. */
  lost(): void {
    this.#phase = Phase.Lost;
    this.#deadlineMs = Infinity;
  }

  /** Whether the peer has taken too long and is to be cut. */
  isOverdue(nowMs: number): boolean {
    return nowMs >= this.#deadlineMs;
  }

  /** The first to close says how the connection ended. */
  #settle(code: number, reason: string, nowMs: number): void {
    if (this.#phase !== Phase.Open) return;
    this.code = code;
    this.reason = reason;
    this.#deadlineMs = nowMs + this.#timeoutMs;
  }

  #send(code: number, reason: string, phase: Phase): void {
    this.#phase = phase;
    this.sentCode = code;
    this.sentReason = reason;
  }
}

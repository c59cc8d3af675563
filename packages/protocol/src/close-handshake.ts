// The close handshake as a state machine: says what the owner of the socket must do next.
import { assertSendableClose, CloseCode } from '@hioload/api';
import type { Role } from './frame-decoder.js';
import type { ProtocolViolation } from './violation.js';

/** The next step of the owner of the socket. */
export const CloseStep = {
  /** Do nothing: an earlier step did it. */
  None: 'none',
  /** Send a close frame with `sentCode` and `sentReason`, and wait for the peer. */
  Send: 'send',
  /** Send that close frame, then shut the sending side down. */
  SendAndShut: 'send-and-shut',
  /** Shut the sending side down: both sides have sent their close frame. */
  Shut: 'shut',
  /** Wait for the server to shut the connection down (RFC 6455 section 7.1.1). */
  Await: 'await',
} as const;
export type CloseStep = (typeof CloseStep)[keyof typeof CloseStep];

const Phase = { Open: 0, Sent: 1, Done: 2, Lost: 3 } as const;
type Phase = (typeof Phase)[keyof typeof Phase];

/**
 * The closing handshake of one connection (RFC 6455 section 7). It knows which side has sent a
 * close frame, says the next step, and keeps the code and the reason that the application is told.
 * After the first close frame, sent or received, the owner cuts the connection when `isOverdue` is
 * true.
 */
export class CloseHandshake {
  readonly #role: Role;
  readonly #timeoutMs: number;
  #phase: Phase = Phase.Open;
  #deadlineMs = Infinity;
  /** Code and reason of the side that closed first; 1006 until a side closes. */
  code: number = CloseCode.Abnormal;
  reason = '';
  /** The content of our close frame; the code 1005 stands for no code. */
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
   * Closes from our side.
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

  /** Handles the close frame of the peer. The answer has the code of the peer and no reason. */
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
   * Ends the connection because the peer broke a rule. The peer gets a close frame, unless one was
   * sent before; nothing more is read from it.
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

  /** Notes that the socket is closed, by either side. */
  lost(): void {
    this.#phase = Phase.Lost;
    this.#deadlineMs = Infinity;
  }

  /** Whether the peer took too long, so that the owner must cut the connection. */
  isOverdue(nowMs: number): boolean {
    return nowMs >= this.#deadlineMs;
  }

  /** The side that closes first decides code and reason. */
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

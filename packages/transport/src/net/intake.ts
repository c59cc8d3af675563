import type { ExtensionSession, NetConn, ObjectPool } from '@hioload/api';
import { type IdleVerdict, IdleWatch, type ProtocolViolation } from '@hioload/protocol';
import { Inbound, type InboundHost, type Receiver } from './inbound.js';

/** What an intake needs of the transport. */
export interface IntakeHost extends InboundHost {
  readonly inbounds: ObjectPool<Inbound>;
}

/**
 * What is still read of a peer whose own outbound queue is full, in bytes; then it has to read
 * before it is read on.
 */
const MAX_FLOOD_BYTES = 65_536;
const MS_PER_SECOND = 1_000;

/**
 * The receiving half of a connection: reads what comes, with a reader on loan while there is
 * something to read, notes when the peer was heard last, and stops reading one that floods.
 */
export class Intake {
  readonly #host: IntakeHost;
  readonly #net: NetConn;
  readonly #isExtended: boolean;
  readonly #idle: IdleWatch;
  /** Held while a message is not whole; with an extension from open to close. */
  #inbound: Inbound | null = null;
  #isPaused = false;
  #floodBytes = 0;

  constructor(host: IntakeHost, net: NetConn, extension: ExtensionSession | undefined) {
    this.#host = host;
    this.#net = net;
    this.#isExtended = extension !== undefined;
    this.#idle = new IdleWatch(host.limits.idleTimeoutSeconds * MS_PER_SECOND, host.now());
    if (extension !== undefined) this.#inbound = new Inbound(host, extension);
  }

  /** Reads what came for `conn`, which may stop this meanwhile. @returns the rule that it broke */
  read(
    conn: Receiver,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): ProtocolViolation | undefined {
    const { inbounds } = this.#host;
    this.#idle.heard(this.#host.now());
    const inbound = (this.#inbound ??= inbounds.acquire());
    inbound.lend(conn);
    const { reader } = inbound;
    const violation = reader.read(bytes, start, end);
    // A reader that was stopped, or has stopped itself, is of no use to others.
    if (violation === undefined && !this.#isExtended && this.#inbound !== null && reader.isAtRest) {
      this.#inbound = null;
      inbound.lend(null);
      inbounds.release(inbound);
    }
    return violation;
  }

  /**
   * Counts what a peer sends whose outbound queue is full: there comes a point where it is read no
   * more.
   */
  restrain(byteLength: number): void {
    if (this.#isPaused) return;
    this.#floodBytes += byteLength;
    if (this.#floodBytes < MAX_FLOOD_BYTES) return;
    this.#isPaused = true;
    this.#net.pause();
  }

  readOn(): void {
    this.#floodBytes = 0;
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#net.resume();
  }

  /** Whether the message in progress, if there is one, has taken too long. */
  overdue(nowMs: number): ProtocolViolation | undefined {
    return this.#inbound?.reader.overdue(nowMs);
  }

  /** What the silence of the peer asks for. */
  idle(nowMs: number): IdleVerdict {
    return this.#idle.check(nowMs);
  }

  /** Ignores whatever comes from now on and gives back what was borrowed. Idempotent. */
  stop(): void {
    this.#inbound?.reader.stop();
    this.#inbound = null;
  }
}

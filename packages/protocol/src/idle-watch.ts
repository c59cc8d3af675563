// Decides when a silent connection gets a ping, and when it is cut.
import { HioloadError } from '@hioload/api';

/** The next step for an idle connection. */
export const IdleVerdict = {
  Fine: 'fine',
  /** Send a ping to the peer. */
  Ping: 'ping',
  /** Cut the connection: nothing has arrived for the whole time. */
  Cut: 'cut',
} as const;
export type IdleVerdict = (typeof IdleVerdict)[keyof typeof IdleVerdict];

/**
 * Finds connections whose peer is gone. After half of the idle time without a byte it asks for a
 * ping, after all of it for a cut. The owner asks at least four times in `idleMs`, and sends the
 * ping or cuts the connection.
 */
export class IdleWatch {
  readonly #idleMs: number;
  #heardAtMs: number;
  #hasPinged = false;

  /** @param idleMs 2 or more, or 0 for no limit @throws HIOLOAD_OPTION_INVALID */
  constructor(idleMs: number, nowMs: number) {
    if (!Number.isFinite(idleMs) || (idleMs !== 0 && idleMs < 2)) {
      throw new HioloadError(
        'HIOLOAD_OPTION_INVALID',
        `idleMs must be 0, or 2 or more; got ${idleMs}`,
      );
    }
    this.#idleMs = idleMs;
    this.#heardAtMs = nowMs;
  }

  /** Bytes came, of whatever kind. */
  heard(nowMs: number): void {
    this.#heardAtMs = nowMs;
    this.#hasPinged = false;
  }

  /** Answers `Ping` once for each silence. */
  check(nowMs: number): IdleVerdict {
    const silentMs = nowMs - this.#heardAtMs;
    if (this.#idleMs === 0 || silentMs < this.#idleMs / 2) return IdleVerdict.Fine;
    if (silentMs >= this.#idleMs) return IdleVerdict.Cut;
    if (this.#hasPinged) return IdleVerdict.Fine;
    this.#hasPinged = true;
    return IdleVerdict.Ping;
  }
}

// Decides when a silent connection gets a ping, and when it is cut.
import { HioloadError } from '@hioload/api';

/** What an idle connection needs now. */
export const IdleVerdict = {
  Fine: 'fine',
  /** Ask the peer whether it is there. */
  Ping: 'ping',
  /** Nothing came for the whole time: the peer is gone. */
  Cut: 'cut',
} as const;
export type IdleVerdict = (typeof IdleVerdict)[keyof typeof IdleVerdict];

/**
 * Finds connections whose peer is gone: a ping after half the time without a byte, a cut after all
 * of it. The owner asks now and then, at least four times in `idleMs`, and sends the ping or cuts.
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
        `idleMs is ${idleMs}; allowed is 0, or 2 and more`,
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

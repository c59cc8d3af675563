/** Logs refused origins and hosts, once a minute, with what the operator can do. */
import type { Logger } from '@hioload/api';

/** The shortest time between two lines about origins, or two lines about hosts. */
const LINE_INTERVAL_MS = 60_000;
/** A peer may send an origin of kilobytes. */
const MAX_SHOWN = 200;

interface Lines {
  /** The refusals since the last line. */
  refused: number;
  lastLineMs: number | undefined;
}

/**
 * Logs requests that a reactor refuses because of their origin or host. A web page of a stranger
 * causes such a request as well as a proxy that rewrites the Host field, so the lines have a limit.
 */
export class RefusalLog {
  readonly #log: Pick<Logger, 'warn'>;
  readonly #now: () => number;
  readonly #lines = {
    origin: { refused: 0, lastLineMs: undefined } as Lines,
    host: { refused: 0, lastLineMs: undefined } as Lines,
  };

  /** @param now milliseconds that never go back */
  constructor(log: Pick<Logger, 'warn'>, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#now = now;
  }

  /** Notes one refusal. @param value the refused origin or host @param host the request's host */
  note(what: 'origin' | 'host', value: string, host: string): void {
    const lines = this.#lines[what];
    lines.refused += 1;
    const nowMs = this.#now();
    if (lines.lastLineMs !== undefined && nowMs - lines.lastLineMs < LINE_INTERVAL_MS) return;
    const { refused } = lines;
    lines.refused = 0;
    lines.lastLineMs = nowMs;
    const origin = shown(value);
    if (what === 'host') {
      const text = `refused the host ${origin}: it is not in allowedHosts`;
      this.#log.warn(`${text}; add it with --allowed-hosts, if it is yours`, { refused });
      return;
    }
    this.#log.warn(
      `refused the origin ${origin}: it is neither the origin of the host ${shown(host)} nor in ` +
        'allowedOrigins; add it with --allowed-origins, or have the proxy pass on the Host field',
      { refused },
    );
  }
}

function shown(text: string): string {
  return JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text);
}

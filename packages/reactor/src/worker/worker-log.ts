/** The log of a reactor, whose lines the supervisor writes. */
import type { LogFields, Logger } from '@hioload/api';
import type { LogLevel, ReactorReport } from './thread-messages.js';

/**
 * A log whose lines the supervisor writes. For changes of state and faults, not for every message
 * of a peer.
 */
export function createWorkerLog(post: (report: ReactorReport) => void, reactor: number): Logger {
  const line =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      try {
        post({ type: 'log', level, message, fields: { reactor, ...fields } });
      } catch {
        // A field, such as a function, cannot be cloned: the line is logged with fields as text.
        const printable = Object.fromEntries(
          Object.entries(fields).map(([name, value]) => [name, String(value)]),
        );
        post({ type: 'log', level, message, fields: { reactor, ...printable } });
      }
    };
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}

/* The log of a reactor: its lines go to the supervisor, through the log ring. */
import type { LogFields, Logger } from '@hioload/api';
import type { LogLevel, LogWriter } from '../log/log-ring.js';

/**
 * Makes the log of a reactor. It is for changes of state and faults, not for each message of a
 * peer.
 */
export function createWorkerLog(writer: Pick<LogWriter, 'write'>, reactor: number): Logger {
  const line =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      try {
        writer.write({ level, message, fields: { reactor, ...fields } });
      } catch {
        // A field cannot be cloned, such as a function. The line carries its fields as text.
        const printable = Object.fromEntries(
          Object.entries(fields).map(([name, value]) => [name, String(value)]),
        );
        writer.write({ level, message, fields: { reactor, ...printable } });
      }
    };
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}

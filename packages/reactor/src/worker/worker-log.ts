/* The log of a reactor: its lines go to the supervisor, through the log ring. */
import { type LogFields, type Logger, textOfThrown } from '@hioload/api';
import type { LogLevel, LogWriter } from '../log/log-ring.js';

/**
 * Makes the log of a reactor. The log never throws, whatever it is handed. It is for changes of
 * state and faults, not for each message of a peer.
 */
export function createWorkerLog(writer: Pick<LogWriter, 'write'>, reactor: number): Logger {
  const line =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      try {
        writer.write({ level, message: String(message), fields: { reactor, ...fields } });
      } catch {
        // A field cannot be cloned, such as a function. The line carries its fields as text.
        const line = { level, message: textOfThrown(message), fields: asTexts(fields) };
        writer.write({ ...line, fields: { reactor, ...line.fields } });
      }
    };
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}

/** The fields as texts. Never throws, although a field may throw when it is read or printed. */
function asTexts(fields: LogFields): Record<string, string> {
  const texts: Record<string, string> = {};
  try {
    for (const name of Object.keys(fields)) {
      try {
        texts[name] = textOfThrown(fields[name]);
      } catch (error) {
        texts[name] = textOfThrown(error);
      }
    }
  } catch {
    // The names themselves cannot be read, as of a proxy: the message goes alone.
  }
  return texts;
}

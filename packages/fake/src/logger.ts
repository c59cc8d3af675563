// A fake logger for tests: keeps every line.
import type { LogFields, Logger } from '@hioload/api';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** One line that was logged. */
export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/**
 * Keeps all logged lines.
 *
 * ```ts
 * const log = new FakeLogger();
 * startSomething(log);
 * expect(log.messages('warn')).toEqual(['no huge pages']);
 * ```
 */
export class FakeLogger implements Logger {
  /** Every line, oldest first. */
  readonly lines: LogLine[] = [];

  // These are fields and not methods, because loggers are often destructured: `const { warn } =
  // log`.
  readonly debug = this.#at('debug');
  readonly info = this.#at('info');
  readonly warn = this.#at('warn');
  readonly error = this.#at('error');

  /** The messages of one level, or of all. */
  messages(level?: LogLevel): string[] {
    return this.lines
      .filter((line) => level === undefined || line.level === level)
      .map((line) => line.message);
  }

  #at(level: LogLevel): (message: string, fields?: LogFields) => void {
    return (message, fields = {}) =>
      void this.lines.push({ level, message, fields: { ...fields } });
  }
}

/** Adapts the logger of a program, such as `console` or pino, to the server. */
import { HioloadError, type LogFields, type Logger, textOfThrown } from '@hioload/api';

type Line = (first: unknown, second?: unknown) => unknown;

/** A logger whose functions take a message and then fields, as those of `console` do. */
export interface ConsoleLike {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** The number of lines that the logger has lost, for `ws_log_lines_lost_total`. */
  lostLines?(): number;
}

/** The functions of a logger that take fields and then a message. */
interface FieldsFirst {
  debug(fields: object, message?: string): void;
  info(fields: object, message?: string): void;
  warn(fields: object, message?: string): void;
  error(fields: object, message?: string): void;
  lostLines?(): number;
}

/**
 * A logger whose functions take fields and then a message. The server knows such a logger by its
 * function `bindings`, which pino has, or `addStream`, which bunyan has.
 */
export type PinoLike = FieldsFirst & ({ bindings(): object } | { addStream(stream: never): void });

const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** A logger that knows how many lines were lost. */
export interface CountingLogger extends Logger {
  lostLines(): number;
}

/** Writes nothing. */
const SILENCE: CountingLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  lostLines: () => 0,
};

/**
 * Makes a `Logger` out of the logger of a program. pino (it has a `bindings` function) and bunyan
 * (it has an `addStream` function) take the fields first. Every other logger takes the message
 * first, like `console`. `null` makes a logger that writes nothing. The functions of the result
 * never throw: a server goes on although its log fails. The lost lines are the lines for which a
 * function of the logger failed, and those that a function `lostLines` of the logger counts.
 * @throws HIOLOAD_OPTION_INVALID if one of the four functions is missing
 */
export function toLogger(log: ConsoleLike | PinoLike | null): CountingLogger {
  if (log === null) return SILENCE;
  const given: Readonly<Record<string, unknown>> = (log ?? {}) as never;
  for (const level of LEVELS) {
    if (typeof given[level] === 'function') continue;
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      'log must be a logger with the functions debug, info, warn and error, such as console or ' +
        `pino(), or null for none; it has no function ${level}`,
    );
  }
  const fieldsFirst =
    typeof given['bindings'] === 'function' || typeof given['addStream'] === 'function';
  let failures = 0;
  /** Says once that lines are lost, where somebody may see it. */
  const failed = (error: unknown): void => {
    if (failures++ > 0) return;
    process.emitWarning(`the log of the server fails, and lines are lost: ${textOfThrown(error)}`);
  };
  const line =
    (level: (typeof LEVELS)[number]): Logger['info'] =>
    (message, fields) => {
      try {
        const returned: unknown = fieldsFirst
          ? (log[level] as Line)(fields ?? {}, message)
          : fields === undefined
            ? (log[level] as Line)(message)
            : (log[level] as Line)(message, fields);
        if (returned instanceof Promise) returned.catch(failed);
      } catch (error) {
        failed(error);
      }
    };
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    lostLines: () => failures + (log.lostLines?.() ?? 0),
  };
}

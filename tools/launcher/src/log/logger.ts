import type { LogFields, Logger } from '@hioload/api';
import { pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { LogOutput } from './output.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** How log lines look, decided once by the launcher for both processes. */
export interface LogStyle {
  readonly level: LogLevel;
  readonly format: 'pretty' | 'json';
  /** Whether pretty lines are coloured. */
  readonly color: boolean;
}

/** Decides on `auto`: pretty where a person looks on. */
export function logStyle(
  level: LogLevel,
  format: 'auto' | 'pretty' | 'json',
  terminal: boolean,
  environment: NodeJS.ProcessEnv,
): LogStyle {
  return {
    level,
    format: format === 'auto' ? (terminal ? 'pretty' : 'json') : format,
    // https://no-color.org
    color: terminal && (environment['NO_COLOR'] ?? '') === '',
  };
}

/** A logger over pino that writes each line before the call returns. */
export function createLogger(style: LogStyle, output: LogOutput): Logger {
  const sink = style.format === 'json' ? output : prettyOutput(style.color, output);
  const log = pino(
    {
      level: style.level,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    sink,
  );
  return {
    debug: (message, fields) => log.debug(readable(fields), message),
    info: (message, fields) => log.info(readable(fields), message),
    warn: (message, fields) => log.warn(readable(fields), message),
    error: (message, fields) => log.error(readable(fields), message),
  };
}

/** Errors among the fields, of which JSON would leave nothing, as objects with message and stack. */
function readable(fields: LogFields = {}): Record<string, unknown> {
  const copy: Record<string, unknown> = { ...fields };
  for (const [name, value] of Object.entries(copy)) {
    if (value instanceof Error) copy[name] = pino.stdSerializers.err(value);
  }
  return copy;
}

/** One line for people, and the stack of an error below it. */
function prettyOutput(color: boolean, output: LogOutput): LogOutput {
  const prettify = prettyFactory({
    colorize: color,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname,stack',
    errorLikeObjectKeys: [],
  });
  return {
    write(line) {
      const entry: { stack?: unknown } = JSON.parse(line);
      const { stack } = entry;
      output.write(prettify(entry) + (typeof stack === 'string' ? `    ${stack.replaceAll('\n', '\n    ')}\n` : ''));
    },
  };
}

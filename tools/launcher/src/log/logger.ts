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

/**
 * A logger over pino that writes each line before the call returns. Lines that the output loses are
 * counted, and a line of their own says how many they were as soon as writing works again.
 */
export function createLogger(style: LogStyle, output: LogOutput): Logger {
  let lost = 0;
  const counted: LogOutput = {
    write(line) {
      if (lost > 0) reportLoss();
      const isWritten = lost === 0 && output.write(line);
      if (!isWritten) lost++;
      return isWritten;
    },
  };
  const sink = style.format === 'json' ? counted : prettyOutput(style.color, counted);
  const log = pino(
    {
      level: style.level,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    sink,
  );
  const reportLoss = (): void => {
    const count = lost;
    // The report is a line like others, and must not report itself.
    lost = 0;
    log.warn(
      `${count} log ${count === 1 ? 'line was' : 'lines were'} lost: their reader was too slow`,
    );
    // Lost too: not a line that anybody misses.
    if (lost > 0) lost = count;
  };
  return {
    debug: (message, fields) => log.debug(readable(fields), message),
    info: (message, fields) => log.info(readable(fields), message),
    warn: (message, fields) => log.warn(readable(fields), message),
    error: (message, fields) => log.error(readable(fields), message),
  };
}

/**
 * Errors among the fields, of which JSON would leave nothing, as objects with message and stack.
 */
function readable(fields: LogFields = {}): Record<string, unknown> {
  const copy: Record<string, unknown> = { ...fields };
  for (const [name, value] of Object.entries(copy)) {
    if (value instanceof Error) copy[name] = pino.stdSerializers.err(value);
  }
  return copy;
}

/** What each line says of the process; a person sees which one it is. */
const PROCESS_FIELDS = new Set(['pid', 'hostname']);

/** One line for people, fields dimmed at its end, and the stack of an error below it. */
function prettyOutput(color: boolean, output: LogOutput): LogOutput {
  const prettify = prettyFactory({
    colorize: color,
    translateTime: 'SYS:HH:MM:ss.l',
    hideObject: true,
  });
  const dim = (text: string): string => (color ? `\u001B[2m${text}\u001B[22m` : text);
  return {
    write(line) {
      const { level, time, msg, stack, ...others } = JSON.parse(line) as Record<string, unknown>;
      const fields = Object.fromEntries(
        Object.entries(others).filter(([name]) => !PROCESS_FIELDS.has(name)),
      );
      const head = prettify({ level, time, msg: escapeControls(String(msg)) }).trimEnd();
      const tail =
        Object.keys(fields).length === 0 ? '' : ` ${dim(escapeControls(JSON.stringify(fields)))}`;
      const below =
        typeof stack === 'string'
          ? stack.split('\n').map((part) => `    ${escapeControls(part)}\n`)
          : [];
      return output.write(`${head}${tail}\n${below.join('')}`);
    },
  };
}

/**
 * What came from a peer must neither begin a line of its own nor steer the terminal of whoever
 * reads the log.
 */
function escapeControls(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  return text.replaceAll(/[\u0000-\u001F\u007F-\u009F]/g, (control) =>
    control < ' '
      ? JSON.stringify(control).slice(1, -1)
      : `\\u00${control.charCodeAt(0).toString(16)}`,
  );
}

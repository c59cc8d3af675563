/** The log of the launcher and of the server process: JSON lines, or lines for people. */
import type { LogFields, Logger } from '@hioload/api';
import { createRequire } from 'node:module';
import { pino } from 'pino';
import type PinoPretty from 'pino-pretty';
import { escapeControls } from './controls.js';
import { type LogOutput, openOutput } from './output.js';

/** The lowest level that is logged; `silent` logs nothing. */
export type LogThreshold = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** How log lines look. The launcher decides once, for both processes. */
export interface LogStyle {
  readonly level: LogThreshold;
  readonly format: 'pretty' | 'json';
  /** Whether pretty lines are coloured. */
  readonly color: boolean;
}

/** Decides how log lines look. `auto` is pretty on a terminal, else JSON. */
export function logStyle(
  level: LogThreshold,
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

/** A logger that counts the lines that it could not write. */
export interface CountingLogger extends Logger {
  /** The lines that were lost since the start of this process. */
  lostLines(): number;
}

/**
 * Opens the log of this process, on its standard output. If the log cannot be written, for example
 * because its reader has gone, the server goes on, and one line on the standard error says so.
 */
export function openLog(style: LogStyle): CountingLogger {
  const output = openOutput(1, (code) => {
    const why = code === 'EPIPE' ? ': its reader has gone' : '';
    createLogger(
      style,
      openOutput(2, () => undefined),
    ).error(`the log cannot be written (${code}${why}); the server goes on without this log`);
  });
  return createLogger(style, output);
}

/**
 * A logger over pino. It writes each line before the call returns. It counts the lines that the
 * output loses, and logs their number as soon as the output works again.
 */
export function createLogger(style: LogStyle, output: LogOutput): CountingLogger {
  let lost = 0;
  let lostBefore = 0;
  let lastRefusal = '';
  const counted: LogOutput = {
    write(line) {
      if (lost > 0) reportLoss();
      const refusal = lost === 0 ? output.write(line) : lastRefusal;
      if (refusal === undefined) return undefined;
      lost++;
      lastRefusal = refusal;
      return refusal;
    },
  };
  const sink = style.format === 'json' ? jsonOutput(counted) : prettyOutput(style.color, counted);
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
    const why =
      lastRefusal === 'EAGAIN'
        ? 'the reader of the log was too slow'
        : `the log could not be written (${lastRefusal})`;
    // The report goes through `write` like any line. With a loss of 0, `write` does not report
    // again.
    lost = 0;
    lostBefore += count;
    log.warn(`${count} log ${count === 1 ? 'line was' : 'lines were'} lost: ${why}`);
    // The report was lost too. It does not count as a lost line.
    if (lost === 0) return;
    lost = count;
    lostBefore -= count;
  };
  return {
    debug: (message, fields) => log.debug(readable(fields), message),
    info: (message, fields) => log.info(readable(fields), message),
    warn: (message, fields) => log.warn(readable(fields), message),
    error: (message, fields) => log.error(readable(fields), message),
    lostLines: () => lostBefore + lost,
  };
}

/**
 * The fields, with each error as an object with message and stack. JSON would show an error as an
 * empty object.
 */
function readable(fields: LogFields = {}): Record<string, unknown> {
  const copy: Record<string, unknown> = { ...fields };
  for (const [name, value] of Object.entries(copy)) {
    if (value instanceof Error) copy[name] = pino.stdSerializers.err(value);
  }
  return copy;
}

/** Fields that pino adds to each line, and that a person does not need. */
const PROCESS_FIELDS = new Set(['pid', 'hostname']);

/** Writes lines of JSON, in which only the controls below U+0020 are escaped so far. */
function jsonOutput(output: LogOutput): LogOutput {
  return { write: (line) => output.write(`${escapeControls(line.slice(0, -1))}\n`) };
}

/** Writes lines for people: the fields stand dimmed at the end, a stack stands below the line. */
function prettyOutput(color: boolean, output: LogOutput): LogOutput {
  // Loaded here: a log in JSON, as services write it, does not wait for it.
  const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof PinoPretty;
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

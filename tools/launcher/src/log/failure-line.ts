/** Writes the line with which a command fails: as text, or in the form of a JSON log. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { escapeControls } from './controls.js';
import type { LogStyle } from './logger.js';

/**
 * Writes the line to the standard error. It loads no logger: the line may be about a file that
 * could not be loaded.
 */
export function writeFailure(format: LogStyle['format'], msg: string, stack?: string): void {
  if (format === 'pretty') return console.error(msg);
  const time = new Date().toISOString();
  const line = { level: 'error', time, pid: process.pid, hostname: hostname(), stack, msg };
  console.error(escapeControls(JSON.stringify(line)));
}

/**
 * The format that a user has asked for by name: with a flag, else with a variable, else in the
 * configuration file. Only `json` in one of these asks for JSON: whoever types a wrong command
 * reads text.
 */
export function askedFormat(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
): LogStyle['format'] {
  if (argv[0] !== 'serve') return 'pretty';
  const asked =
    lastValue(argv, '--log-format') ??
    environment['HIOLOAD_LOG_FORMAT'] ??
    formatInFile(lastValue(argv, '--config') ?? environment['HIOLOAD_CONFIG']);
  return asked === 'json' ? 'json' : 'pretty';
}

function lastValue(argv: readonly string[], flag: string): string | undefined {
  const at = argv.findLastIndex((word) => word === flag || word.startsWith(`${flag}=`));
  if (at === -1) return undefined;
  return argv[at] === flag ? argv[at + 1] : argv[at]?.slice(flag.length + 1);
}

function formatInFile(path: string | undefined): unknown {
  if (path === undefined) return undefined;
  try {
    const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
    return (JSON.parse(text) as { readonly logFormat?: unknown } | null)?.logFormat;
  } catch {
    // Another line says that the file cannot be read.
    return undefined;
  }
}

/** Finds the signals that this process was started to ignore, as `nohup` asks for SIGHUP. */
import { readFileSync, readlinkSync } from 'node:fs';
import { constants } from 'node:os';
import type { EndSignal } from './end-signals.js';
import { END_SIGNALS } from './end-signals.js';

/** What tells the ignored signals. Default: this process. */
export interface IgnoredSignalsOptions {
  readonly procRoot?: string;
  readonly parent?: number;
  /** The variable `_`: bash and zsh set it to the program that they have started. */
  readonly startedProgram?: string | undefined;
}

/**
 * The signals that this process was started to ignore. Node forgets them: at its start it sets each
 * ignored signal back to the default action. So they are read from what is left of them: the
 * signals that the parent ignores, and the traces of `nohup`, which are the variable `_` and a
 * standard input on /dev/null that is open for writing only.
 */
export function ignoredSignals({
  procRoot = '/proc',
  parent = process.ppid,
  startedProgram = process.env['_'],
}: IgnoredSignalsOptions = {}): readonly EndSignal[] {
  const ofParent = ignoredBy(`${procRoot}/${parent}/status`);
  const isNohup = /(^|\/)nohup$/.test(startedProgram ?? '') || hasInputOfNohup(procRoot);
  return END_SIGNALS.filter(
    (name) => ofParent(constants.signals[name]) || (name === 'SIGHUP' && isNohup),
  );
}

/** Reads the mask of ignored signals in a status file of `/proc`. */
function ignoredBy(path: string): (signal: number) => boolean {
  const [, mask = '0'] = /^SigIgn:\s*([0-9a-f]+)/m.exec(readOr(path)) ?? [];
  const bits = BigInt(`0x${mask}`);
  return (signal) => ((bits >> BigInt(signal - 1)) & 1n) === 1n;
}

function hasInputOfNohup(procRoot: string): boolean {
  try {
    if (readlinkSync(`${procRoot}/self/fd/0`) !== '/dev/null') return false;
  } catch {
    return false;
  }
  const [, flags = '0'] = /^flags:\s*([0-7]+)/m.exec(readOr(`${procRoot}/self/fdinfo/0`)) ?? [];
  const { O_WRONLY } = ACCESS;
  return (parseInt(flags, 8) & ACCESS.MASK) === O_WRONLY;
}

/** The access mode in the flags of an open file (fcntl.h). */
const ACCESS = { MASK: 3, O_WRONLY: 1 };

function readOr(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

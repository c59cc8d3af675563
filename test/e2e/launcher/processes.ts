// Test support: finds the processes that a launcher started.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The variable whose value marks every process that a launcher of these tests leads to. */
export const MARK = 'LAUNCHER_TEST_MARK';

/** A process, as `/proc` shows it. */
export interface ProcessSight {
  readonly pid: number;
  readonly commandLine: string;
}

/**
 * Processes that live and have the mark in the environment they were started with. Zombies have
 * none.
 */
export function markedProcesses(mark: string): ProcessSight[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        if (!readFileSync(`/proc/${name}/environ`, 'utf8').includes(`${MARK}=${mark}`)) return [];
        // A process on its way out has an environment to the last, but no executable.
        readlinkSync(`/proc/${name}/exe`);
        return [
          {
            pid: Number(name),
            commandLine: readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' '),
          },
        ];
      } catch {
        // Gone meanwhile, or somebody else's.
        return [];
      }
    });
}

/** The session that a process belongs to. A terminal signals processes of one session only. */
export function sessionOf(pid: number): number {
  // After the name, which is in brackets and may hold anything: state, parent, group, session.
  const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '');
  return Number(afterName.split(' ')[3]);
}

/** Ends the process when a reactor is stalled for good. */
import type { Logger } from '@hioload/api';
import { STALL_EXIT_CODE } from '../server-defaults.js';

/**
 * Ends the process with {@link STALL_EXIT_CODE}, although the thread of a reactor still runs. Node
 * ends that thread by force, which only a thread without native handles survives: with another
 * transport than `net` the process would abort, so it ends by SIGKILL there.
 */
export function endStalledProcess(
  transport: string | undefined,
  log: Pick<Logger, 'error'>,
  self: Pick<NodeJS.Process, 'exit' | 'kill' | 'pid'> = process,
): void {
  const canExit = transport === 'net';
  const how = canExit ? `with exit code ${STALL_EXIT_CODE}` : 'by SIGKILL';
  log.error(`the process ends ${how}, because a reactor is stalled`);
  if (canExit) self.exit(STALL_EXIT_CODE);
  else self.kill(self.pid, 'SIGKILL');
}

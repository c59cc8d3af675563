// Runs work beside a server process, and ends the server afterwards.
import { DEFAULT_LIMITS } from '@hioload/api';
import { type ChildCommand, PinnedChild } from '../core/pinned-child.js';
import type { ServeReport, ServerCommand, ServerReport } from './server-messages.js';

const HOST = '127.0.0.1';
const START_DEADLINE_MS = 30_000;
/** A crash breaks connections a moment before the crashed process has ended. */
const CRASH_GRACE_MS = 500;

/** A running server, as its pass sees it. */
export interface RunningServer extends ServeReport {
  readonly host: string;
  /** The CPUs that the server may use. */
  readonly cpus: readonly number[];
}

/** The process of a server. */
export type ServerChild = PinnedChild<ServerCommand, ServerReport>;

/**
 * Starts a server, uses it and ends it. Each pass has a server of its own, so no pass profits from
 * the luck or the warm state of another.
 * @throws Error if the server cannot be started, and every error of `use`, with the name of the
 * server and the way it ended
 */
export async function withServer<Result>(
  name: string,
  cpus: readonly number[],
  command: ChildCommand,
  use: (server: RunningServer, child: ServerChild) => Promise<Result>,
): Promise<Result> {
  const child: ServerChild = PinnedChild.start(name, cpus, command);
  try {
    child.send({
      kind: 'serve',
      host: HOST,
      maxPayloadBytes: DEFAULT_LIMITS.maxPayloadBytes,
      maxBufferedBytes: DEFAULT_LIMITS.maxBufferedBytes,
      idleTimeoutSeconds: DEFAULT_LIMITS.idleTimeoutSeconds,
    });
    const report = await child.receive(START_DEADLINE_MS);
    if (report.kind !== 'serving')
      throw new Error(`${name} answers ${report.kind} before it serves`);
    return await use({ ...report, host: HOST, cpus }, child).catch(async (error: Error) => {
      const end = await child.endWithin(CRASH_GRACE_MS);
      throw new Error(`${name}: ${error.message}${end === null ? '' : `; ${end}`}`);
    });
  } finally {
    await child.stop();
  }
}

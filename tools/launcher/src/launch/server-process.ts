/** The server process as the launcher sees it. */
import type { FromServer, ToServer } from './messages.js';

/** How a process ended: with an exit code, by a signal, or because it could not be started. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** The reason why the process could not be started. */
  readonly error?: Error;
}

/**
 * A running server process. When it has ended, the processes that its application started get
 * SIGTERM.
 */
export interface ServerProcess {
  readonly pid: number | undefined;
  /** Sends a message. Nothing happens if the process has ended. */
  send(message: ToServer): void;
  /** Kills the process and the processes that its application started. */
  kill(): void;
}

/** Callbacks for the messages and the end of a server process. `onEnd` comes once, and last. */
export interface ServerProcessEvents {
  onMessage(message: FromServer): void;
  onEnd(end: ProcessEnd): void;
}

/** Starts a server process. */
export type SpawnServer = (events: ServerProcessEvents) => ServerProcess;

/** Describes the end of a process, in words that follow "the server process". */
export function describeEnd({ code, signal, error }: ProcessEnd): string {
  if (error !== undefined) return `could not be started (${error.message})`;
  return signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
}

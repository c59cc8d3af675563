import type { FromServer, ToServer } from './messages.js';

/** How a process ended: by itself, by a signal, or not even begun. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why it could not be started at all. */
  readonly error?: Error;
}

/**
 * A running server process, as the launcher sees it. When it has ended, what its application
 * started is sent SIGTERM.
 */
export interface ServerProcess {
  readonly pid: number | undefined;
  /** Does nothing when the process has gone. */
  send(message: ToServer): void;
  /** Ends the process and whatever its application started, at once. */
  kill(): void;
}

/** Told what a server process does. `onEnd` comes once and last. */
export interface ServerProcessEvents {
  onMessage(message: FromServer): void;
  onEnd(end: ProcessEnd): void;
}

/** Starts a server process. */
export type SpawnServer = (events: ServerProcessEvents) => ServerProcess;

/** The end of a process in words. */
export function describeEnd({ code, signal, error }: ProcessEnd): string {
  if (error !== undefined) return `could not be started (${error.message})`;
  return signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
}

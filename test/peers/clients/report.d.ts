/**
 * How a connection ended, as a client sees it: code, reason, and whether the close handshake was
 * completed.
 */
export type SeenClose = readonly [code: number, reason: string, wasClean: boolean];

/** What a client saw of an echo server. */
export interface Report {
  /** The extensions agreed upon. */
  readonly extensions: string;
  /** By the name of the message, whether it came back as it was. */
  readonly echoes: Readonly<Record<string, boolean>>;
  readonly byServer: readonly SeenClose[];
  readonly byClient: readonly SeenClose[];
}

/** The contract of a log. */

/** Fields of a log line. */
export type LogFields = Readonly<Record<string, unknown>>;

/** A log: each line has a message for people and fields for machines. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

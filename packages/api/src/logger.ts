/** Fields of a log line. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where an application and the framework log: a message for people, fields for machines. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

// A logger that drops every line, for servers inside a bench process.
import type { Logger } from '@hioload/api';

const silent = (): void => {};

/** For a server inside of a bench process, whose output is kept for what ends it. */
export const SILENT_LOG: Logger = { debug: silent, info: silent, warn: silent, error: silent };

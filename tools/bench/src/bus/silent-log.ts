// A logger that drops every line, for servers inside a bench process.
import type { Logger } from '@hioload/api';

const silent = (): void => {};

/**
 * A logger that drops every line. The output of a bench process is kept for the error that ends it.
 */
export const SILENT_LOG: Logger = { debug: silent, info: silent, warn: silent, error: silent };

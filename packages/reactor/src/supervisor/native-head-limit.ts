/** The limit of request heads of the native transport, which belongs to the whole process. */
import { DEFAULT_LIMITS, type Limits, type Logger } from '@hioload/api';

/** uWebSockets.js reads this variable once, when the process loads the module. */
const VARIABLE = 'UWS_HTTP_MAX_HEADERS_SIZE';

/** Sets the limit to that of the operator. Call it before anything loads the native module. */
export function setNativeHeadLimit({ maxHeadBytes }: Partial<Limits>): void {
  process.env[VARIABLE] = String(maxHeadBytes ?? DEFAULT_LIMITS.maxHeadBytes);
}

/** Warns if an application asks the native transport for longer heads than the process allows. */
export function warnOfNativeHeadLimit(
  { maxHeadBytes }: Pick<Limits, 'maxHeadBytes'>,
  transport: string,
  log: Pick<Logger, 'warn'>,
): void {
  const allowed = Number(process.env[VARIABLE] ?? maxHeadBytes);
  if (transport !== 'uws' || maxHeadBytes <= allowed) return;
  log.warn(
    `maxHeadBytes of the application is ${maxHeadBytes}, and the transport uws takes ${allowed} ` +
      `bytes at most: set --max-head-bytes ${maxHeadBytes}, or serve with --transport net`,
  );
}

import { getSystemErrorName } from 'node:util';

/** The error behind a negative number of libuv. @param call what was asked of the system */
export function systemError(call: string, status: number): NodeJS.ErrnoException {
  const code = getSystemErrorName(status);
  return Object.assign(new Error(`${call} ${code}`), { code, errno: status, syscall: call });
}

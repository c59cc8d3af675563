// The error of a system call that failed.
import { HioloadError } from '@hioload/api';
import { getSystemErrorMap } from 'node:util';

/**
 * The error of a failed system call.
 * @param call the call with its values, such as `sched_setaffinity of thread 12 to CPUs 0-1`
 * @param errno the positive number of the kernel
 */
export function systemError(call: string, errno: number): HioloadError {
  const [name, meaning] = getSystemErrorMap().get(-errno) ?? ['unknown', 'no meaning is known'];
  return new HioloadError('HIOLOAD_SYSTEM_CALL', `${call} failed: ${name} (${errno}), ${meaning}`);
}

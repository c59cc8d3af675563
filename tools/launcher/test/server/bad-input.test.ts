// Tests of telling bad input from failures that may pass by themselves.
import { type ErrorCode, HioloadError } from '@hioload/api';
import { describe, expect, it } from 'vitest';
import { isBadInput } from '../../src/server/bad-input.js';

function error(code: ErrorCode, cause?: { name?: string; code?: string }): HioloadError {
  return new HioloadError(code, 'no', cause === undefined ? undefined : { cause });
}

describe('isBadInput', () => {
  it.each([
    error('HIOLOAD_OPTION_INVALID'),
    error('HIOLOAD_MODULE_NOT_FOUND'),
    error('HIOLOAD_APP_INVALID'),
    error('HIOLOAD_PART_INVALID'),
    error('HIOLOAD_PLACEMENT_IMPOSSIBLE'),
    error('HIOLOAD_AFFINITY_FAILED'),
    error('HIOLOAD_ADDRESS_UNAVAILABLE', { code: 'EADDRNOTAVAIL' }),
    error('HIOLOAD_ADDRESS_UNAVAILABLE', { code: 'EACCES' }),
    error('HIOLOAD_ADDRESS_UNAVAILABLE', { code: 'ENOTFOUND' }),
    error('HIOLOAD_MODULE_FAILED', { name: 'SyntaxError' }),
    error('HIOLOAD_MODULE_FAILED', { name: 'ReferenceError' }),
    error('HIOLOAD_MODULE_FAILED', { name: 'Error', code: 'ERR_MODULE_NOT_FOUND' }),
    error('HIOLOAD_MODULE_FAILED', { name: 'Error', code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' }),
  ])('is true for $code by $cause', (thrown) => {
    expect(isBadInput(thrown)).toBe(true);
  });

  it.each([
    error('HIOLOAD_PORT_IN_USE', { code: 'EADDRINUSE' }),
    error('HIOLOAD_REACTOR_START_TIMEOUT'),
    error('HIOLOAD_REACTOR_START_FAILED'),
    error('HIOLOAD_PART_FAILED'),
    error('HIOLOAD_ADDRESS_UNAVAILABLE', { code: 'EAI_AGAIN' }),
    error('HIOLOAD_ADDRESS_UNAVAILABLE', { code: 'EMFILE' }),
    error('HIOLOAD_MODULE_FAILED', { name: 'Error' }),
    error('HIOLOAD_MODULE_FAILED', { name: 'TypeError' }),
    error('HIOLOAD_MODULE_FAILED', { name: 'Error', code: 'ECONNREFUSED' }),
    error('HIOLOAD_MODULE_FAILED'),
  ])('is false for $code by $cause', (thrown) => {
    expect(isBadInput(thrown)).toBe(false);
  });

  it('is false for what does not come from the framework', () => {
    expect(isBadInput(new Error('out of luck'))).toBe(false);
    expect(isBadInput('odd')).toBe(false);
  });
});

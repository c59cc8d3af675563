// Tests of the limit of request heads of the native transport.
import { FakeLogger } from '@hioload/fake';
import { expect, it, vi } from 'vitest';
import {
  setNativeHeadLimit,
  warnOfNativeHeadLimit,
} from '../../src/supervisor/native-head-limit.js';

it('is the limit of the operator, and an application that asks for more is named', () => {
  vi.stubEnv('UWS_HTTP_MAX_HEADERS_SIZE', '1');
  setNativeHeadLimit({ maxHeadBytes: 16_384 });
  expect(process.env['UWS_HTTP_MAX_HEADERS_SIZE']).toBe('16384');
  setNativeHeadLimit({});
  expect(process.env['UWS_HTTP_MAX_HEADERS_SIZE']).toBe('8192');
  const log = new FakeLogger();
  warnOfNativeHeadLimit({ maxHeadBytes: 8_192 }, 'uws', log);
  warnOfNativeHeadLimit({ maxHeadBytes: 65_536 }, 'net', log);
  expect(log.lines).toEqual([]);
  warnOfNativeHeadLimit({ maxHeadBytes: 65_536 }, 'uws', log);
  expect(log.messages('warn')).toEqual([
    'maxHeadBytes of the application is 65536, and the transport uws takes 8192 bytes at most: ' +
      'set --max-head-bytes 65536, or serve with --transport net',
  ]);
  vi.unstubAllEnvs();
});

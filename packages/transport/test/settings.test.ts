// Tests of the settings that uWebSockets.js gets.
import { DEFAULT_LIMITS } from '@hioload/api';
import { expect, it } from 'vitest';
import { toNativeSettings } from '../src/uws/settings.js';

it('sends no pings without an idle timeout: they would cut silent peers after 256 seconds', () => {
  expect(toNativeSettings({ ...DEFAULT_LIMITS, idleTimeoutSeconds: 0 })).toMatchObject({
    idleTimeout: 0,
    sendPingsAutomatically: false,
  });
  expect(toNativeSettings(DEFAULT_LIMITS)).toMatchObject({
    idleTimeout: 120,
    sendPingsAutomatically: true,
  });
});

import { describe, expect, it } from 'vitest';
import { assertTopicsFit } from '../../src/bus/bus-options.js';
import { BusMembers } from '../../src/supervisor/bus-members.js';

describe('a bus', () => {
  it('that is larger than the process can have is refused by a line that names what is too large', () => {
    const laneBytes = 64 * 1_048_576;
    expect(() => new BusMembers(64, { laneBytes })).toThrow(
      expect.objectContaining({
        code: 'HIOLOAD_OPTION_INVALID',
        message: expect.stringMatching(
          /^bus\.laneBytes: 67108864 is not allowed: 16512 lanes .* fewer reactors/,
        ),
      }),
    );
    expect(() => new BusMembers(512, {})).toThrow(
      expect.objectContaining({
        code: 'HIOLOAD_OPTION_INVALID',
        message: 'reactors: 512 is not allowed: 1 to 511 are',
      }),
    );
  });

  it('refuses topics that its lanes would never take', () => {
    assertTopicsFit(1_024, 4_096);
    assertTopicsFit(65_535, 524_288);
    expect(() => assertTopicsFit(1_025, 4_096)).toThrow(
      expect.objectContaining({
        code: 'HIOLOAD_OPTION_INVALID',
        message: expect.stringMatching(
          /^maxTopicBytes: 1025 is not allowed: at most 1024 are with lanes of 4096 bytes/,
        ),
      }),
    );
  });
});

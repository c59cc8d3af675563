// Tests of the sizes of a bus and of the limits on them.
import { describe, expect, it } from 'vitest';
import { assertTopicsFit } from '../../src/bus/bus-options.js';
import { BusMembers } from '../../src/supervisor/bus-members.js';

describe('a bus', () => {
  it('that is too large for the process is refused with an error that names the part', () => {
    const laneBytes = 64 * 1_048_576;
    expect(() => new BusMembers(64, { laneBytes })).toThrow(
      expect.objectContaining({
        code: 'HIOLOAD_OPTION_INVALID',
        message: expect.stringMatching(
          /^bus\.laneBytes must be small enough for 16512 lanes .*; got 67108864\. .* fewer/,
        ),
      }),
    );
    expect(() => new BusMembers(512, {})).toThrow(
      expect.objectContaining({
        code: 'HIOLOAD_OPTION_INVALID',
        message: 'reactors must be a whole number from 1 to 511; got 512',
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
          /^maxTopicBytes must be at most 1024, a quarter of a lane; got 1025\. /,
        ),
      }),
    );
  });
});

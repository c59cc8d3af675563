// Tests that each exemption of the uws transport describes what it really does.
import { afterAll, describe, it } from 'vitest';
import { UWS_FEATURES } from '../src/uws/index.js';
import { CLOCK_PINS } from './exemptions/clock-pins.js';
import { FRAME_PINS } from './exemptions/frame-pins.js';
import { HANDSHAKE_PINS } from './exemptions/handshake-pins.js';
import { QUEUE_PINS } from './exemptions/queue-pins.js';
import { clearStage, type Pins } from './exemptions/stage.js';

// What uWebSockets.js does today where it keeps a rule from being kept. A test that fails here
// after an update of the library is good news: the exemption can go.

const PINS: Pins = { ...FRAME_PINS, ...HANDSHAKE_PINS, ...QUEUE_PINS, ...CLOCK_PINS };

afterAll(clearStage);

describe.concurrent('the behaviour behind each exemption', () => {
  it('is shown by a test for every listed exemption', ({ expect }) => {
    expect(UWS_FEATURES.exemptions.map(({ id }) => id).sort()).toEqual(Object.keys(PINS).sort());
  });

  for (const { id, instead } of UWS_FEATURES.exemptions) {
    it(`${id}: ${instead}`, () => PINS[id]?.());
  }
});

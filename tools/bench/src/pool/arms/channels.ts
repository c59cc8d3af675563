// The arms of the pool benchmark that pass records through shared memory.
import type { Channel } from '../channel.js';
import type { ArmName } from '../series.js';
import { laneArm, ringArm } from './own-rings.js';
import { ringbufArm } from './ringbuf-js.js';

/** Arms that pass records through shared memory, by name. */
export const CHANNELS: Partial<Readonly<Record<ArmName, Channel>>> = {
  ring: ringArm,
  lane: laneArm,
  'ringbuf.js': ringbufArm,
};

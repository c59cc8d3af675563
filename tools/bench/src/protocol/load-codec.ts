// Loads the codec of an arm.
import type { Arm } from './arms.js';
import type { Codec } from './codec.js';
import { OUR_CODEC } from './our-codec.js';
import { loadWsCodec } from './ws-codec.js';

/** Loads the codec of an arm. Call this function once per process. */
export async function loadCodec(arm: Arm): Promise<Codec> {
  if (arm === 'ws' || arm === 'ws+bufferutil') return loadWsCodec(arm === 'ws+bufferutil');
  return OUR_CODEC;
}

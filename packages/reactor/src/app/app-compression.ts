/** Checks the compression settings of an application, and hands them to a transport. */
import { type AppDefinition, type CompressionOptions, unknownName } from '@hioload/api';
import { mustBe } from './refusal-text.js';

const RANGES: Readonly<
  Record<Exclude<keyof CompressionOptions, 'contextTakeover'>, readonly [number, number]>
> = {
  windowBits: [8, 15],
  peerWindowBits: [8, 15],
  level: [1, 9],
  memLevel: [1, 9],
  minBytes: [0, Number.MAX_SAFE_INTEGER],
  maxBytes: [0, Number.MAX_SAFE_INTEGER],
  // The least for the smallest windows. Larger windows need more, which the transport checks.
  maxContextBytes: [95_232, Number.MAX_SAFE_INTEGER],
};

/**
 * Checks the compression settings of an application.
 * @param refuse makes the error to throw, out of a text that names the setting
 */
export function checkCompression(compression: unknown, refuse: (text: string) => Error): void {
  if (typeof compression === 'boolean') return;
  if (typeof compression !== 'object' || compression === null) {
    const allowed = 'true, false, or an object of settings';
    throw refuse(mustBe('compression', allowed, compression));
  }
  for (const [name, value] of Object.entries(compression)) {
    const field = `compression.${name}`;
    if (name === 'contextTakeover') {
      if (typeof value !== 'boolean') throw refuse(mustBe(field, 'true or false', value));
      continue;
    }
    const range = Object.hasOwn(RANGES, name) ? RANGES[name as keyof typeof RANGES] : undefined;
    if (range === undefined) {
      const settings = ['contextTakeover', ...Object.keys(RANGES)];
      throw refuse(unknownName(name, 'compression', settings));
    }
    const [min, max] = range;
    if (!Number.isInteger(value) || value < min || value > max) {
      throw refuse(mustBe(field, `a whole number from ${min} to ${max}`, value));
    }
  }
}

/** The compression settings for a transport; undefined for no compression. */
export function compressionOf({
  compression = false,
}: AppDefinition): CompressionOptions | undefined {
  return typeof compression === 'boolean' ? (compression ? {} : undefined) : compression;
}

import type { AppDefinition, CompressionOptions } from '@hioload/api';
import { oneOf } from './one-of.js';

const RANGES: Readonly<
  Record<Exclude<keyof CompressionOptions, 'contextTakeover'>, readonly [number, number]>
> = {
  windowBits: [8, 15],
  peerWindowBits: [8, 15],
  level: [1, 9],
  memLevel: [1, 9],
  minBytes: [0, Number.MAX_SAFE_INTEGER],
  maxBytes: [0, Number.MAX_SAFE_INTEGER],
  maxContextBytes: [0, Number.MAX_SAFE_INTEGER],
};

/**
 * Checks what an application says about compression.
 * @param refuse makes the error to throw for what is not allowed
 */
export function checkCompression(
  compression: unknown,
  refuse: (name: string, value: unknown, allowed: string) => Error,
): void {
  if (typeof compression === 'boolean') return;
  if (typeof compression !== 'object' || compression === null) {
    throw refuse('compression', compression, 'true, false, or an object of settings');
  }
  for (const [name, value] of Object.entries(compression)) {
    const field = `compression.${name}`;
    if (name === 'contextTakeover') {
      if (typeof value !== 'boolean') throw refuse(field, value, 'true or false');
      continue;
    }
    const range = Object.hasOwn(RANGES, name) ? RANGES[name as keyof typeof RANGES] : undefined;
    if (range === undefined)
      throw refuse(field, value, oneOf(name, ['contextTakeover', ...Object.keys(RANGES)]));
    const [min, max] = range;
    if (!Number.isInteger(value) || value < min || value > max) {
      throw refuse(field, value, `a whole number from ${min} to ${max}`);
    }
  }
}

/** What a transport is told of it; undefined for no compression. */
export function compressionOf({
  compression = false,
}: AppDefinition): CompressionOptions | undefined {
  return typeof compression === 'boolean' ? (compression ? {} : undefined) : compression;
}

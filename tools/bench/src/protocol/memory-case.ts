// The cases in which `bench protocol` measures memory.
import type { CompressionTerms } from './codec.js';

/** The compressions whose memory is measured, with their names in the table. */
export const MEMORY_CASES = {
  'with takeover': { contextTakeover: true, windows: 'default' },
  'with takeover, windows of 32 KiB': { contextTakeover: true, windows: 'largest' },
  'without takeover': { contextTakeover: false, windows: 'default' },
} as const satisfies Readonly<Record<string, CompressionTerms>>;
export type MemoryCase = keyof typeof MEMORY_CASES;

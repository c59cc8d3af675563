// The cases in which `bench protocol` measures memory.
import type { CompressionTerms } from './codec.js';

/** The ways in which a connection compresses whose memory is looked at, as the table calls them. */
export const MEMORY_CASES = {
  'with takeover': { contextTakeover: true, windows: 'default' },
  'with takeover, windows of 32 KiB': { contextTakeover: true, windows: 'largest' },
  'without takeover': { contextTakeover: false, windows: 'default' },
} as const satisfies Readonly<Record<string, CompressionTerms>>;
export type MemoryCase = keyof typeof MEMORY_CASES;

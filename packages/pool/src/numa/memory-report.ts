/* Asks the kernel on which nodes and pages shared structures lie. */
import type { MemoryReport } from '@hioload/api';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Region } from '../shared/region.js';
import { locate } from './locate.js';
import { type Mapping, mappingsWithin } from './mappings.js';

/** A structure and the bytes that it takes. */
export interface Extent {
  readonly region: Region;
  readonly bytes: number;
}

/**
 * Asks the kernel on which nodes and on which kind of pages structures lie.
 * @param procRoot where `/proc` is, for tests
 */
export function reportMemory(extents: readonly Extent[], procRoot = '/proc'): MemoryReport[] {
  if (process.platform !== 'linux')
    return extents.map(() => unknown(`Linux tells, this is ${process.platform}`));
  try {
    const addresses = extents.map(({ region }) => locate(region, procRoot));
    const smaps = readFileSync(join(procRoot, 'self/smaps'), 'utf8');
    const numaMaps = readNumaMaps(procRoot);
    return extents.map(({ bytes }, i) => {
      const address = addresses[i]!;
      if (address === null) return unknown('it was not found in the memory of the process');
      return combine(bytes, mappingsWithin(smaps, numaMaps, address, address + bytes));
    });
  } catch (error) {
    return extents.map(() => unknown(error instanceof Error ? error.message : String(error)));
  }
}

/** The text is empty on a kernel without NUMA. */
function readNumaMaps(procRoot: string): string {
  try {
    return readFileSync(join(procRoot, 'self/numa_maps'), 'utf8');
  } catch {
    return '';
  }
}

function combine(bytes: number, mappings: readonly Mapping[]): MemoryReport {
  const bytesByNode: Record<number, number> = {};
  for (const mapping of mappings) {
    for (const [node, inUse] of Object.entries(mapping.bytesByNode)) {
      bytesByNode[Number(node)] = (bytesByNode[Number(node)] ?? 0) + inUse;
    }
  }
  return {
    known: true,
    bytes,
    mappedBytes: mappings.reduce((sum, { start, end }) => sum + end - start, 0),
    bytesByNode,
    hugeBytes: mappings.reduce((sum, { hugeBytes }) => sum + hugeBytes, 0),
    hugeAllowed: mappings.some(({ hugeAllowed }) => hugeAllowed),
  };
}

function unknown(reason: string): MemoryReport {
  return { known: false, reason };
}

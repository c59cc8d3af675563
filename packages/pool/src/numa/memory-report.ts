/* Asks the kernel on which nodes and pages shared structures lie. */
import type { MemoryReport } from '@hioload/api';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Region } from '../shared/region.js';
import { locate } from './locate.js';
import { type Mapping, mappingsWithin } from './mappings.js';

/** A structure and the bytes that it takes. */
export interface Extent {
  readonly region: Region;
  readonly bytes: number;
}

/**
 * Asks the kernel on which nodes and on which kind of pages structures lie. The thread does other
 * work meanwhile: the kernel may need a second for a large process.
 * @param procRoot where `/proc` is, for tests
 */
export async function reportMemory(
  extents: readonly Extent[],
  procRoot = '/proc',
): Promise<MemoryReport[]> {
  if (process.platform !== 'linux')
    return extents.map(() => unknown(`Linux tells, this is ${process.platform}`));
  try {
    const addresses: (number | null)[] = [];
    for (const { region } of extents) addresses.push(await locate(region, procRoot));
    const smaps = await readFile(join(procRoot, 'self/smaps'), 'utf8');
    const numaMaps = await readNumaMaps(procRoot);
    const reports: MemoryReport[] = [];
    for (const [i, { bytes }] of extents.entries()) {
      const address = addresses[i]!;
      // To take the texts apart needs time for each extent.
      await turn();
      reports.push(
        address === null
          ? unknown('it was not found in the memory of the process')
          : combine(bytes, mappingsWithin(smaps, numaMaps, address, address + bytes)),
      );
    }
    return reports;
  } catch (error) {
    return extents.map(() => unknown(error instanceof Error ? error.message : String(error)));
  }
}

/** The text is empty on a kernel without NUMA. */
async function readNumaMaps(procRoot: string): Promise<string> {
  try {
    return await readFile(join(procRoot, 'self/numa_maps'), 'utf8');
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

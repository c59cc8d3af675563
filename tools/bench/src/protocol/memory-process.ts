// The process that measures the memory of connections with compression.
import { endWithParent, tellParent } from '../core/child-side.js';
import type { Arm } from './arms.js';
import { loadCodec } from './load-codec.js';
import { MEMORY_CASES, type MemoryCase } from './memory-case.js';

/** The memory of a connection with compression, in bytes of resident memory. */
export interface CaseMemory {
  readonly bytesPerConnection: number;
}

const CONNECTIONS = 200;

/**
 * Measures in a process of its own. Otherwise a connection would reuse memory that others have
 * freed, and that memory would not count.
 */
async function main(arm: Arm, memoryCase: MemoryCase): Promise<void> {
  endWithParent();
  const connect = (await loadCodec(arm)).connection(MEMORY_CASES[memoryCase]);
  const kept = [await connect()];
  const before = process.memoryUsage.rss();
  for (let i = 0; i < CONNECTIONS; i++) kept.push(await connect());
  const taken = process.memoryUsage.rss() - before;
  // This use keeps the connections alive until here.
  tellParent({ bytesPerConnection: kept.length > CONNECTIONS ? taken / CONNECTIONS : NaN });
}

const [arm, memoryCase] = process.argv.slice(2);
await main(arm as Arm, memoryCase as MemoryCase);

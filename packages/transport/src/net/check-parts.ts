/* The check of the parts that a user hands to `net`. */
import { type BytePool, type Extension, HioloadError, type Lease } from '@hioload/api';
import { inspect } from 'node:util';

function refuse(what: string, needed: string, got: unknown): never {
  const shown = inspect(got, { depth: 0, breakLength: Infinity });
  throw new HioloadError('HIOLOAD_PART_INVALID', `${what} must ${needed}; got ${shown}`);
}

/** Refuses what is no list of extensions. @throws HIOLOAD_PART_INVALID */
export function requireExtensions(extensions: readonly Extension[]): void {
  const given: unknown = extensions;
  if (!Array.isArray(given)) refuse('extensions', 'be a list of extensions', given);
  for (const [i, extension] of (given as Partial<Extension>[]).entries()) {
    if (typeof extension?.name !== 'string' || typeof extension.accept !== 'function')
      refuse(`extensions[${i}]`, 'have the text name and the function accept', extension);
  }
}

/**
 * Borrows the first block of a pool, and so learns whether the pool keeps its contract.
 * @throws HIOLOAD_PART_INVALID
 */
export function firstBlockOf(pool: BytePool, byteLength: number): Lease {
  const given = pool as Partial<BytePool> | null | undefined;
  if (typeof given?.acquire !== 'function' || typeof given.maxBlockBytes !== 'number')
    refuse('pool', 'have the function acquire and the number maxBlockBytes', given);
  const lease = pool.acquire(byteLength);
  const needed = `lend a block of ${byteLength} bytes of plain memory for the read buffer`;
  if (lease === null) refuse('pool', needed, lease);
  if (!(lease.bytes instanceof Uint8Array) || !(lease.bytes.buffer instanceof ArrayBuffer))
    refuse('pool', needed, lease.bytes);
  const room = Math.min(lease.capacity, lease.bytes.length - lease.start);
  // A capacity that is no number fails here too.
  if (!(room >= byteLength)) refuse('pool', needed, `a block of ${room} bytes`);
  return lease;
}

// Memory by its address: mappings, and the pages that lie wholly within a range.

/** A range of addresses. */
export interface AddressRange {
  readonly address: bigint;
  readonly byteLength: bigint;
}

/**
 * The whole pages within a range. A SharedArrayBuffer does not start at a page: the C library keeps
 * its own words in front of the memory. The kernel takes whole pages only.
 * @param pageBytes a power of two
 * @returns a range that starts and ends at pages; `byteLength` is 0 where no whole page lies within
 */
export function wholePages({ address, byteLength }: AddressRange, pageBytes: number): AddressRange {
  const mask = BigInt(pageBytes) - 1n;
  const first = (address + mask) & ~mask;
  const end = (address + byteLength) & ~mask;
  return { address: first, byteLength: end > first ? end - first : 0n };
}

/** Memory that the kernel mapped for this process. No garbage collector knows of it. */
export class Mapping {
  /** The address of the first byte. Addresses of Linux have 47 bits, so a number holds them. */
  readonly address: number;
  readonly buffer: ArrayBuffer;

  constructor(address: bigint, buffer: ArrayBuffer) {
    this.address = Number(address);
    this.buffer = buffer;
  }

  get byteLength(): number {
    return this.buffer.byteLength;
  }
}

// Lists the free blocks of a slab, for the cases of every interleaving.
import { homeOf, SlabBlocks } from '@hioload/pool/internal';
import type { Region } from '@hioload/pool';

/** The blocks of a slab's first class that wait for their owner, the one that came last first. */
export function blocksAtHome({ buffer, byteOffset }: Region): number[] {
  const blocks = new SlabBlocks(new Int32Array(buffer, byteOffset), false);
  const found: number[] = [];
  for (
    let link = blocks.words[homeOf(0)]!;
    link !== 0;
    link = blocks.words[blocks.nextWord(found.at(-1)!)]!
  ) {
    found.push(~link & 0xffff);
  }
  return found;
}

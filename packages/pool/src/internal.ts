// For tests that look into the memory of a structure; nothing here is stable.
export { NEXT, homeOf } from './slab/slab-layout.js';
export { SlabBlocks } from './slab/slab-blocks.js';

// For tests that look into the memory of a structure; nothing here is stable.
export * as bellLayout from './doorbell/bell-layout.js';
export * as mpscLayout from './mpsc/mpsc-layout.js';
export { locate } from './numa/locate.js';
export * as ringLayout from './ring/ring-layout.js';
export { SlabBlocks } from './slab/slab-blocks.js';
export { homeOf } from './slab/slab-layout.js';

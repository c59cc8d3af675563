/* A slab: shared memory that one thread lends in blocks and any thread gives back. */
import { HioloadError } from '@hioload/api';
import { debugByDefault } from '../shared/debug-mode.js';
import { requireInteger } from '../shared/options.js';
import { touchPages } from '../shared/memory-pages.js';
import {
  createFreshRegion,
  createRegion,
  openRegion,
  type Region,
  RegionKind,
} from '../shared/region.js';
import { takeRole } from '../shared/role.js';
import { SlabGuest } from './slab-guest.js';
import {
  type BlockClass,
  MAX_BLOCKS,
  MAX_CLASSES,
  OWNER_ROLE,
  placeClasses,
  readClasses,
} from './slab-layout.js';
import { SlabOwner } from './slab-owner.js';

export interface SlabEndOptions {
  /**
   * Whether freed blocks are poisoned, and the use of an ended handle throws. Default:
   * `HIOLOAD_DEBUG`.
   */
  readonly debug?: boolean;
}

/**
 * Shared memory that one thread lends in blocks of a few sizes. Any thread gives blocks back. A
 * handle is a plain integer, which can be sent through a lane. Nothing is allocated after the
 * start.
 */
export class Slab {
  /** What another thread needs to attach. */
  readonly region: Region;
  readonly #words: Int32Array;

  private constructor(region: Region) {
    this.region = region;
    this.#words = openRegion(
      region,
      RegionKind.Slab,
      (words) => placeClasses(readClasses(words)).bytes,
    );
  }

  /**
   * Makes a slab. Call it on the thread that will own the slab, once that thread is pinned: a page
   * lies on the node of the thread that first writes to it, and `create` writes to all pages.
   * @param classes up to 8, of ascending size
   * @throws HIOLOAD_OPTION_INVALID
   */
  static create(classes: readonly BlockClass[]): Slab {
    return Slab.#create(classes, createRegion);
  }

  /**
   * Does the same in memory that no other thread had before, at the cost of some address space. For
   * slabs that stay.
   */
  static createFresh(classes: readonly BlockClass[]): Slab {
    return Slab.#create(classes, createFreshRegion);
  }

  static #create(classes: readonly BlockClass[], create: typeof createRegion): Slab {
    requireClasses(classes);
    const parameters = [
      classes.length,
      0,
      ...classes.flatMap(({ blockBytes, blocks }) => [blockBytes, blocks]),
    ];
    const { bytes } = placeClasses(classes);
    const region = create(RegionKind.Slab, bytes, parameters);
    // The bytes are whole words: a slab is a multiple of its alignment.
    touchPages(region.buffer, 0, bytes);
    return new Slab(region);
  }

  /** @throws HIOLOAD_SHARED_LAYOUT */
  static attach(region: Region): Slab {
    return new Slab(region);
  }

  /**
   * Takes the lending end. It can be taken once: a slab does not outlive its owner.
   * @throws HIOLOAD_ROLE_TAKEN
   */
  owner({ debug = debugByDefault() }: SlabEndOptions = {}): SlabOwner {
    takeRole(this.#words, OWNER_ROLE, 'owner of a slab');
    return new SlabOwner(this.#words, debug);
  }

  /** Makes a returning end. Any number of threads may have one. */
  guest({ debug = debugByDefault() }: SlabEndOptions = {}): SlabGuest {
    return new SlabGuest(this.#words, debug);
  }
}

function requireClasses(classes: readonly BlockClass[]): void {
  requireInteger('number of block classes', classes.length, 1, MAX_CLASSES);
  classes.forEach(({ blockBytes, blocks }, i) => {
    requireInteger('blocks', blocks, 1, MAX_BLOCKS);
    requireInteger('blockBytes', blockBytes, 1, 2 ** 26);
    const smaller = i === 0 ? 0 : classes[i - 1]!.blockBytes;
    if (blockBytes > smaller) return;
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      `blockBytes must be more than ${String(smaller)}, the size before; got ${String(blockBytes)}`,
    );
  });
  const blocks = classes.reduce((sum, one) => sum + one.blocks, 0);
  requireInteger('blocks of all classes', blocks, 1, MAX_BLOCKS);
  // Offsets are integers of 31 bits.
  requireInteger('bytes of the slab', placeClasses(classes).bytes, 1, 2 ** 31 - 1);
}

/* A lane for each ordered pair of reactors, in one piece of memory. */
import { HioloadError } from '@hioload/api';
import { Lane, laneBytes } from '../lane/lane.js';
import { roundUpToLine } from '../shared/cache-line.js';
import { requireInteger, requirePowerOfTwo } from '../shared/options.js';
import { PAGE_BYTES, touchPages } from '../shared/memory-pages.js';
import {
  createFreshRegion,
  FIRST_PARAMETER,
  openRegion,
  type Region,
  RegionKind,
} from '../shared/region.js';

/*
 * Behind the descriptor lies one inbox for each reactor; each inbox begins on a page of its own. An
 * inbox holds the lanes to its reactor, by ascending number of the writing reactor. The reader owns
 * the inbox and writes to its pages first, so that the pages lie on the node of the reader. The
 * reader looks at all of its lanes in every turn, and a writer only at the lanes for which it has
 * records.
 */
const REACTORS = FIRST_PARAMETER;
const CAPACITY_BYTES = FIRST_PARAMETER + 1;

export interface RingMeshOptions {
  /** 2..1,024. */
  readonly reactors: number;
  /** Bytes of each lane: a power of two, 64..2^27. */
  readonly laneCapacityBytes: number;
}

/** One lane for each ordered pair of different reactors, in one piece of memory. */
export class RingMesh {
  /** What another thread needs to attach. */
  readonly region: Region;
  readonly reactors: number;
  readonly laneCapacityBytes: number;

  private constructor(region: Region) {
    const words = openRegion(region, RegionKind.RingMesh, (found) =>
      meshBytes(found[REACTORS]!, found[CAPACITY_BYTES]!),
    );
    this.region = region;
    this.reactors = words[REACTORS]!;
    this.laneCapacityBytes = words[CAPACITY_BYTES]!;
  }

  /**
   * Makes memory for a mesh, and writes to nothing but its first line.
   * @throws HIOLOAD_OPTION_INVALID
   */
  static create({ reactors, laneCapacityBytes }: RingMeshOptions): RingMesh {
    requireInteger('reactors', reactors, 2, 1_024);
    requirePowerOfTwo('laneCapacityBytes', laneCapacityBytes, 64, 2 ** 27);
    const bytes = meshBytes(reactors, laneCapacityBytes);
    return new RingMesh(
      createFreshRegion(RegionKind.RingMesh, bytes, [reactors, laneCapacityBytes]),
    );
  }

  /** @throws HIOLOAD_SHARED_LAYOUT */
  static attach(region: Region): RingMesh {
    return new RingMesh(region);
  }

  /**
   * Makes the lanes to a reactor. Call it once in the life of the mesh, on the thread of that
   * reactor: after the thread is pinned, and before any thread asks for these lanes.
   * @throws HIOLOAD_OPTION_INVALID
   */
  openInbox(reactor: number): void {
    this.#requireReactor('reactor', reactor);
    const { buffer } = this.region;
    touchPages(buffer, this.#inboxAt(reactor), inboxBytes(this.reactors, this.laneCapacityBytes));
    for (let from = 0; from < this.reactors; from++) {
      if (from !== reactor)
        Lane.createIn(this.#regionOf(from, reactor), { capacityBytes: this.laneCapacityBytes });
    }
  }

  /**
   * The lane from one reactor to another.
   * @throws HIOLOAD_OPTION_INVALID from a reactor to itself, HIOLOAD_SHARED_LAYOUT before the inbox
   * was opened
   */
  lane(from: number, to: number): Lane {
    this.#requireReactor('from', from);
    this.#requireReactor('to', to);
    if (from === to) {
      throw new HioloadError(
        'HIOLOAD_OPTION_INVALID',
        `lane from ${String(from)} to itself: another reactor is allowed`,
      );
    }
    return Lane.attach(this.#regionOf(from, to));
  }

  #requireReactor(name: string, reactor: number): void {
    requireInteger(name, reactor, 0, this.reactors - 1);
  }

  #inboxAt(reactor: number): number {
    return (
      this.region.byteOffset +
      PAGE_BYTES +
      reactor * inboxBytes(this.reactors, this.laneCapacityBytes)
    );
  }

  #regionOf(from: number, to: number): Region {
    const place = from < to ? from : from - 1;
    const byteOffset = this.#inboxAt(to) + place * roundUpToLine(laneBytes(this.laneCapacityBytes));
    return { buffer: this.region.buffer, byteOffset };
  }
}

function inboxBytes(reactors: number, laneCapacityBytes: number): number {
  const lanes = (reactors - 1) * roundUpToLine(laneBytes(laneCapacityBytes));
  return Math.ceil(lanes / PAGE_BYTES) * PAGE_BYTES;
}

function meshBytes(reactors: number, laneCapacityBytes: number): number {
  return PAGE_BYTES + reactors * inboxBytes(reactors, laneCapacityBytes);
}

/* The pools of threads, by CPU and by node of the machine. */
import {
  type Affinity,
  HioloadError,
  type NumaPool,
  type NumaPoolManager,
  type NumaPoolReport,
  type PoolHome,
  type ThreadPools,
} from '@hioload/api';
import type { Region } from '../shared/region.js';
import type { SlabGuest } from '../slab/slab-guest.js';
import type { BlockClass } from '../slab/slab-layout.js';
import type { SlabOwner } from '../slab/slab-owner.js';
import { SlabPool } from '../slab/slab-pool.js';
import { Slab, type SlabEndOptions } from '../slab/slab.js';
import type { PlainBytePoolOptions } from '../thread-pools/plain-byte-pool.js';
import { createThreadPools } from '../thread-pools/thread-pools.js';
import { reportMemory } from './memory-report.js';

export interface NumaPoolsOptions extends SlabEndOptions, PlainBytePoolOptions {
  /** The blocks of each slab. */
  readonly classes: readonly BlockClass[];
  /** Reads where a thread may run, to refuse memory that would lie elsewhere. Default: no check. */
  readonly affinity?: Pick<Affinity, 'currentThreadId' | 'read'>;
  /** Where `/proc` is, for tests. */
  readonly procRoot?: string;
}

/** The slab and the plain pools of the thread that made them. */
export interface OwnPools extends NumaPool {
  readonly pool: SlabPool;
  readonly pools: ThreadPools;
  readonly owner: SlabOwner;
  /** What another thread needs to adopt it. */
  readonly region: Region;
}

/** A slab of another thread. Its blocks can be read and given back. */
export interface ForeignSlab extends NumaPool {
  readonly pool: null;
  readonly pools: null;
  readonly guest: SlabGuest;
  readonly region: Region;
}

function bytesOf(slab: OwnPools | ForeignSlab): number {
  return (slab.pool === null ? slab.guest : slab.owner).bytes.length;
}

/** The pools of the threads of a process, each on the node of its thread. */
export class NumaPools implements NumaPoolManager {
  readonly #options: NumaPoolsOptions;
  readonly #slabs: (OwnPools | ForeignSlab)[] = [];

  constructor(options: NumaPoolsOptions) {
    this.#options = options;
  }

  create(home: PoolHome): OwnPools {
    this.#requireFree(home);
    this.#requirePinned(home);
    const slab = Slab.createFresh(this.#options.classes);
    const owner = slab.owner(this.#options);
    const own = {
      home,
      pool: new SlabPool(owner, this.#options),
      pools: createThreadPools(this.#options),
      owner,
      region: slab.region,
    };
    this.#slabs.push(own);
    return own;
  }

  /**
   * Notes the slab of another thread.
   * @throws HIOLOAD_STATE where a CPU of `home` has one, HIOLOAD_SHARED_LAYOUT
   */
  adopt(home: PoolHome, region: Region): ForeignSlab {
    this.#requireFree(home);
    const guest = Slab.attach(region).guest(this.#options);
    const foreign = { home, pool: null, pools: null, guest, region };
    this.#slabs.push(foreign);
    return foreign;
  }

  onCpu(cpu: number): OwnPools | ForeignSlab | undefined {
    return this.#slabs.find(({ home }) => home.cpus.includes(cpu));
  }

  onNode(node: number): readonly (OwnPools | ForeignSlab)[] {
    return this.#slabs.filter(({ home }) => home.node === node);
  }

  async report(): Promise<readonly NumaPoolReport[]> {
    const slabs = [...this.#slabs];
    const memory = await reportMemory(
      slabs.map((slab) => ({ region: slab.region, bytes: bytesOf(slab) })),
      this.#options.procRoot,
    );
    return slabs.map(({ home }, i) => ({ home, memory: memory[i]! }));
  }

  #requireFree({ cpus }: PoolHome): void {
    const taken = cpus.filter((cpu) => this.onCpu(cpu) !== undefined);
    if (taken.length === 0) return;
    throw new HioloadError(
      'HIOLOAD_STATE',
      `pool for CPUs ${cpus.join(',')}: ${taken.join(',')} has one, and one is allowed`,
    );
  }

  #requirePinned({ cpus }: PoolHome): void {
    const { affinity } = this.#options;
    if (affinity === undefined) return;
    const threadId = affinity.currentThreadId();
    const elsewhere = affinity.read(threadId).filter((cpu) => !cpus.includes(cpu));
    if (elsewhere.length === 0) return;
    const others = elsewhere.join(',');
    const problem = `thread ${String(threadId)} may run on CPUs ${others}, too: pin it first`;
    throw new HioloadError(
      'HIOLOAD_AFFINITY_FAILED',
      `pool for CPUs ${cpus.join(',')}: ${problem}`,
    );
  }
}

// A fake NUMA pool manager for tests: memory lies on the node that the test names.
import {
  HioloadError,
  type MemoryReport,
  type NumaPool,
  type NumaPoolManager,
  type NumaPoolReport,
  type PoolHome,
} from '@hioload/api';
import { FakeBytePool, type FakeBytePoolOptions } from './byte-pool.js';
import { FakeThreadPools } from './thread-pools.js';

/** A pool of {@link FakeNumaPools}. */
export interface FakeNumaPool extends NumaPool {
  readonly pool: FakeBytePool;
  readonly pools: FakeThreadPools;
  /** The memory in the report of this pool. A test may say that the memory lies elsewhere. */
  memory: MemoryReport;
}

/**
 * Pools on an invented machine. The memory of each pool lies at the home of the pool, until a test
 * says otherwise.
 */
export class FakeNumaPools implements NumaPoolManager {
  readonly #options: FakeBytePoolOptions;
  readonly #pools: FakeNumaPool[] = [];
  /** The CPUs that the calling thread may use; `undefined` for exactly the requested CPUs. */
  pinnedTo: readonly number[] | undefined;

  /** @param options the options of each pool */
  constructor(options: FakeBytePoolOptions = {}) {
    this.#options = options;
  }

  create(home: PoolHome): FakeNumaPool {
    const taken = home.cpus.find((cpu) => this.onCpu(cpu) !== undefined);
    if (taken !== undefined)
      throw new HioloadError('HIOLOAD_STATE', `CPU ${taken} has a pool, and one is allowed`);
    const elsewhere = this.pinnedTo?.find((cpu) => !home.cpus.includes(cpu));
    if (elsewhere !== undefined) {
      throw new HioloadError(
        'HIOLOAD_AFFINITY_FAILED',
        `the thread may run on CPU ${elsewhere}: pin it first`,
      );
    }
    const memory = {
      known: true,
      bytes: 0,
      mappedBytes: 0,
      bytesByNode: { [home.node]: 0 },
      hugeBytes: 0,
      hugeAllowed: false,
    } as const;
    const pools = new FakeThreadPools();
    const pool = { home, pool: new FakeBytePool(this.#options), pools, memory };
    this.#pools.push(pool);
    return pool;
  }

  onCpu(cpu: number): FakeNumaPool | undefined {
    return this.#pools.find(({ home }) => home.cpus.includes(cpu));
  }

  onNode(node: number): readonly FakeNumaPool[] {
    return this.#pools.filter(({ home }) => home.node === node);
  }

  report(): Promise<readonly NumaPoolReport[]> {
    return Promise.resolve(this.#pools.map(({ home, memory }) => ({ home, memory })));
  }
}

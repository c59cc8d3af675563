// The model of a byte pool, for tests with random operations.
import type { BytePool, Lease } from '@hioload/api';
import fc from 'fast-check';

/** A pool under test; `largest` classes are known to the model only through `maxBlockBytes`. */
export interface PoolScript {
  readonly options: unknown;
  readonly open: () => BytePool;
  readonly steps: readonly PoolStep[];
}

interface PoolStep {
  readonly call: string;
  readonly run: (model: PoolModel) => void;
}

/** Lends, retains and gives back, and marks each block so that two holders of one would notice. */
class PoolModel {
  readonly #pool: BytePool;
  readonly #out: { readonly lease: Lease; readonly mark: number }[] = [];
  #marks = 0;

  constructor(pool: BytePool) {
    this.#pool = pool;
  }

  acquire(byteLength: number): void {
    const lease = this.#pool.acquire(byteLength);
    if (lease === null) return this.#checkRefusal(byteLength);
    check(lease.capacity >= byteLength, `a block of ${lease.capacity} bytes for ${byteLength}`);
    check(lease.start % 8 === 0, `a block at byte ${lease.start}`);
    const mark = (this.#marks = (this.#marks % 250) + 1);
    lease.view().fill(mark);
    this.#out.push({ lease, mark });
  }

  retain(index: number): void {
    const held = this.#out.at(index);
    if (held !== undefined) this.#out.push({ lease: held.lease.retain(), mark: held.mark });
  }

  release(index: number): void {
    const [held] = this.#out.splice(index, 1);
    if (held === undefined) return;
    const shortened = held.lease.view(Math.min(1, held.lease.capacity));
    check(
      shortened.every((byte) => byte === held.mark),
      'the block changed under its holder',
    );
    check(
      held.lease.view().every((byte) => byte === held.mark),
      'the block changed under its holder',
    );
    held.lease.release();
  }

  checkStats(): void {
    const inUse = this.#pool.stats().reduce((sum, one) => sum + one.inUse, 0);
    const blocksOut = new Set(this.#out.map(({ mark, lease }) => `${lease.start}/${mark}`)).size;
    check(inUse === blocksOut, `${inUse} blocks in use, ${blocksOut} are out`);
  }

  end(): void {
    while (this.#out.length > 0) this.release(0);
    this.checkStats();
  }

  #checkRefusal(byteLength: number): void {
    if (byteLength > this.#pool.maxBlockBytes) return;
    const wanted = this.#pool.stats().find(({ blockBytes }) => blockBytes >= byteLength)!;
    check(
      wanted.inUse === wanted.blocks,
      `refused although ${wanted.blocks - wanted.inUse} blocks are free`,
    );
  }
}

/**
 * The property that every pool of bytes has: blocks are as large as asked for, nobody else's, and
 * come back.
 */
export function lendsBlocksOnce({ open, steps }: PoolScript): void {
  const model = new PoolModel(open());
  for (const { run } of steps) run(model);
  model.end();
}

export function poolScripts<Options>(
  options: fc.Arbitrary<Options>,
  make: (options: Options) => BytePool,
): fc.Arbitrary<PoolScript> {
  const index = fc.nat({ max: 12 });
  const step = (call: string, run: PoolStep['run']): PoolStep => ({ call, run });
  const steps = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.nat({ max: 400 }).map((n) => step(`acquire ${n}`, (model) => model.acquire(n))),
    },
    { weight: 3, arbitrary: index.map((i) => step(`release ${i}`, (model) => model.release(i))) },
    index.map((i) => step(`retain ${i}`, (model) => model.retain(i))),
    fc.constant(step('stats', (model) => model.checkStats())),
  );
  return fc
    .tuple(options, fc.array(steps, { maxLength: 80 }))
    .map(([chosen, script]) => ({ options: chosen, open: () => make(chosen), steps: script }));
}

function check(holds: boolean, problem: string): void {
  if (!holds) throw new Error(problem);
}

import { type Affinity, HioloadError } from '@hioload/api';

/** For machines on which threads cannot be bound: says why, and refuses to pin. */
export class NullAffinity implements Affinity {
  readonly available: { readonly ok: false; readonly reason: string };
  readonly #allowedCpus: readonly number[];

  /** @param allowedCpus CPUs that the process may use: every thread may use them all */
  constructor(reason: string, allowedCpus: readonly number[]) {
    this.available = { ok: false, reason };
    this.#allowedCpus = allowedCpus;
  }

  /** 0: the operating system is not asked. */
  currentThreadId(): number {
    return 0;
  }

  pin(_threadId: number, cpus: readonly number[]): never {
    const message = `cannot pin to CPUs ${cpus.join(',')}: ${this.available.reason}`;
    throw new HioloadError('HIOLOAD_AFFINITY_FAILED', message);
  }

  read(): readonly number[] {
    return this.#allowedCpus;
  }
}

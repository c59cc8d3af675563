// A rival in the pool benchmark: a ring in C++, compiled for the run.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BENCH_ROOT } from '../core/paths.js';
import { RING_BYTES } from './channel.js';
import { type PoolSeries, recordsOf } from './series.js';

const run = promisify(execFile);

/** The ring in C++, compiled for this run. */
export class NativeRing {
  readonly #folder: string;
  readonly version: string;

  private constructor(folder: string, version: string) {
    this.#folder = folder;
    this.version = version;
  }

  /**
   * Compiles the ring.
   * @returns the ring, or the reason why there is none
   */
  static async compile(): Promise<NativeRing | string> {
    try {
      const { stdout } = await run('g++', ['--version']);
      const folder = await mkdtemp(join(tmpdir(), 'hioload-native-'));
      const source = join(BENCH_ROOT, 'native/spsc-ring.cpp');
      await run('g++', [
        '-O3',
        '-march=native',
        '-pthread',
        '-o',
        join(folder, 'spsc-ring'),
        source,
      ]);
      return new NativeRing(folder, stdout.split('\n')[0] ?? 'g++');
    } catch (error) {
      return (error as Error).message.split('\n')[0] ?? 'g++ failed';
    }
  }

  /**
   * Runs one pass.
   * @returns records per second, or nanoseconds of a round trip
   * @throws Error if a record was wrong
   */
  async measure(series: PoolSeries, [reader, writer]: readonly [number, number]): Promise<number> {
    const records = String(recordsOf('C++ ring', series));
    const kind = series.kind === 'throughput' ? 'throughput' : 'roundtrip';
    const sizes = [String(series.flushEvery), String(series.recordBytes), String(RING_BYTES)];
    const { stdout } = await run(join(this.#folder, 'spsc-ring'), [
      kind,
      String(reader),
      String(writer),
      records,
      ...sizes,
    ]);
    return Number(stdout);
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}

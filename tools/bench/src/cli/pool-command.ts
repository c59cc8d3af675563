// The command line of `bench pool`.
import type { Topology } from '@hioload/api';
import { formatCpuList } from '@hioload/reactor';
import { Command } from 'commander';
import { TERMINAL } from '../core/run-output.js';
import { runPool } from '../pool/run-pool.js';
import { POOL_SERIES } from '../pool/series.js';
import { option } from './option.js';
import { pickCpus } from './pick-cpus.js';
import { cpu, fileName, integer, listOf, oneOf } from './values.js';

interface PoolOptions {
  readonly series: string[];
  readonly passes: number;
  readonly readerCpu: number;
  readonly writerCpu: number;
  readonly json?: string;
}

/** `bench pool`. */
export function poolCommand(topology: Topology): Command {
  const { allowedCpus } = topology;
  const oneCpu = cpu(allowedCpus, formatCpuList(allowedCpus));
  const picked = pickCpus(topology);
  const names = POOL_SERIES.map(({ name }) => name);
  return new Command('pool')
    .description(
      'Records from one thread to another, and borrowed blocks, beside other ways to pass them.',
    )
    .addOption(option('--series <list>', `of ${names.join(', ')}`, listOf(oneOf(names)), names))
    .addOption(option('--passes <n>', 'passes per arm', integer(1, 1_000), 5))
    .addOption(option('--reader-cpu <cpu>', 'CPU of the reading thread', oneCpu, picked.server))
    .addOption(option('--writer-cpu <cpu>', 'CPU of the writing thread', oneCpu, picked.load))
    .addOption(option('--json <file>', 'result file', fileName('.json')))
    .action(async ({ series, passes, readerCpu, writerCpu, json }: PoolOptions) => {
      await runPool({ series, passes, cpus: [readerCpu, writerCpu] }, json ?? null, TERMINAL);
    });
}

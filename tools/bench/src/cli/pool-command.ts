import type { Topology } from '@hioload/api';
import { formatCpuList } from '@hioload/reactor';
import { Command, Option } from 'commander';
import { runPool } from '../pool/run-pool.js';
import { POOL_SERIES } from '../pool/series.js';
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
  const option = <Value>(flags: string, about: string, parse: (text: string) => Value, standard: Value): Option =>
    new Option(flags, about).argParser((text: string) => parse(text)).default(standard, String(standard));
  return new Command('pool')
    .description('Records from one thread to another, and blocks on loan, beside the other ways to do it.')
    .addOption(option('--series <list>', `of ${names.join(', ')}`, listOf(oneOf(names)), names))
    .addOption(option('--passes <n>', 'passes of each arm', integer(1, 1_000), 5))
    .addOption(option('--reader-cpu <cpu>', 'where the reading thread runs', oneCpu, picked.server))
    .addOption(option('--writer-cpu <cpu>', 'where the writing thread runs', oneCpu, picked.load))
    .addOption(new Option('--json <file>', 'where the result goes').argParser(fileName('.json')))
    .action(async ({ series, passes, readerCpu, writerCpu, json }: PoolOptions) => {
      await runPool({ series, passes, cpus: [readerCpu, writerCpu] }, json ?? null, {
        result: (text) => process.stdout.write(`${text}\n`),
        progress: (text) => process.stderr.write(`${text}\n`),
      });
    });
}

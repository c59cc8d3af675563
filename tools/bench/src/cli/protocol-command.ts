// The command line of `bench protocol`.
import type { Topology } from '@hioload/api';
import { formatCpuList } from '@hioload/reactor';
import { Command } from 'commander';
import { TERMINAL } from '../core/run-output.js';
import { runProtocol } from '../protocol/run-protocol.js';
import { option } from './option.js';
import { pickCpus } from './pick-cpus.js';
import { cpu, fileName, integer } from './values.js';

interface ProtocolOptions {
  readonly passes: number;
  readonly milliseconds: number;
  readonly cpu: number;
  readonly json?: string;
}

/** `bench protocol`. */
export function protocolCommand(topology: Topology): Command {
  const { allowedCpus } = topology;
  const standard = pickCpus(topology).server;
  return new Command('protocol')
    .description(
      'The codec without a socket beside that of ws, with bufferutil and without, in ' +
        'alternating passes.',
    )
    .addOption(option('--passes <n>', 'passes per codec', integer(1, 1_000)).default(5))
    .addOption(
      option('--milliseconds <n>', 'time of a workload in a pass', integer(1, 60_000)).default(500),
    )
    .addOption(
      option(
        '--cpu <cpu>',
        'CPU of all codecs',
        cpu(allowedCpus, formatCpuList(allowedCpus)),
      ).default(standard),
    )
    .addOption(
      option('--json <file>', 'result file; the picture lies beside it', fileName('.json')),
    )
    .action(async ({ json, ...settings }: ProtocolOptions) => {
      await runProtocol(settings, json ?? null, TERMINAL);
    });
}

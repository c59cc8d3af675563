// The command line of `bench bus`.
import type { Topology } from '@hioload/api';
import { formatCpuList } from '@hioload/reactor';
import { Command } from 'commander';
import { MIN_CROSS_BYTES } from '../bus/cross/cross-payload.js';
import { runBus } from '../bus/run-bus.js';
import { RIVALS, type RivalName, SUBJECTS, type SubjectName } from '../bus/server-kinds.js';
import { BUS_SERIES, type BusSeriesName } from '../bus/settings.js';
import { TERMINAL } from '../core/run-output.js';
import { option } from './option.js';
import { pickCpus } from './pick-cpus.js';
import { cpu, decimal, fileName, integer, listOf, oneOf } from './values.js';

interface BusOptions {
  readonly series: BusSeriesName[];
  readonly subject: SubjectName[];
  readonly rivals: RivalName[];
  readonly subscribers: number;
  readonly bytes: number;
  readonly inFlight: number;
  readonly passes: number;
  readonly seconds: number;
  readonly warmup: number;
  readonly cpus: number[];
  readonly maxOthers: number;
  readonly attempts: number;
  readonly messages: number;
  readonly idleSettle: number;
  readonly idleSeconds: number;
  readonly json?: string;
}

/** `bench bus`. Sets the exit code of the process to 1 if the numbers of the run mean nothing. */
export function busCommand(topology: Topology): Command {
  const { allowedCpus } = topology;
  const oneCpu = cpu(allowedCpus, formatCpuList(allowedCpus));
  const { server, load } = pickCpus(topology);
  const subjects = Object.keys(SUBJECTS) as SubjectName[];
  const rivals = Object.keys(RIVALS) as RivalName[];
  return new Command('bus')
    .description('Publishing on every core, beside rivals on one core or in several processes.')
    .addOption(
      option('--series <list>', 'series to measure', listOf(oneOf(BUS_SERIES)), [...BUS_SERIES]),
    )
    .addOption(option('--subject <names>', 'servers of ours', listOf(oneOf(subjects)), subjects))
    .addOption(
      option('--rivals <names>', 'rivals beside the baseline uws', listOf(oneOf(rivals)), rivals),
    )
    .addOption(
      option('--subscribers <n>', 'clients that receive each message', integer(1, 10_000), 1_000),
    )
    .addOption(option('--bytes <n>', 'length of a message', integer(MIN_CROSS_BYTES, 65_536), 64))
    .addOption(
      option('--in-flight <n>', 'most messages that some client still lacks', integer(1, 1_024), 8),
    )
    .addOption(option('--passes <n>', 'passes per server', integer(1, 1_000), 5))
    .addOption(option('--seconds <s>', 'length of a pass', decimal(0.05, 600), 2))
    .addOption(option('--warmup <s>', 'time under load before a pass counts', decimal(0, 60), 1))
    .addOption(
      option('--cpus <list>', 'CPUs that server and load share', listOf(oneCpu), [
        ...new Set([server, load]),
      ]),
    )
    .addOption(
      option(
        '--max-others <percent>',
        'a pass is void if other programs use more CPU',
        decimal(0, 100),
        10,
      ),
    )
    .addOption(
      option('--attempts <n>', 'most attempts at a pass that stays void', integer(1, 10), 3),
    )
    .addOption(
      option('--messages <n>', 'messages between two reactors', integer(4_000, 1e9), 2_000_000),
    )
    .addOption(
      option('--idle-settle <s>', 'time for an idle server to come to rest', decimal(0, 600), 30),
    )
    .addOption(
      option('--idle-seconds <s>', 'time that an idle server is watched', decimal(0.5, 600), 20),
    )
    .addOption(
      option('--json <file>', 'result file; the picture lies beside it', fileName('.json')),
    )
    .action(async (options: BusOptions) => {
      const {
        series,
        subject,
        rivals: against,
        subscribers,
        bytes,
        inFlight,
        passes,
        seconds,
        cpus,
      } = options;
      const whole = await runBus(
        {
          series,
          subjects: subject,
          rivals: against,
          subscribers,
          payloadBytes: bytes,
          inFlight,
          passes,
          seconds,
          warmupSeconds: options.warmup,
          cpus,
          maxOthersPercent: options.maxOthers,
          attempts: options.attempts,
          crossMessages: options.messages,
          idleSettleSeconds: options.idleSettle,
          idleSeconds: options.idleSeconds,
          allCpus: allowedCpus,
        },
        options.json ?? null,
        TERMINAL,
      );
      if (!whole) process.exitCode = 1;
    });
}

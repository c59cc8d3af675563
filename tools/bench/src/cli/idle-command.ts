// The command line of `bench idle`.
import type { Topology } from '@hioload/api';
import { formatCpuList } from '@hioload/reactor';
import { Command } from 'commander';
import { ephemeralPorts, openFilesLimit } from '../core/kernel-limits.js';
import { TERMINAL } from '../core/run-output.js';
import { RIVALS, SUBJECTS } from '../echo/server-kinds.js';
import { runIdle } from '../idle/run-idle.js';
import type { IdleRivalName, IdleSettings, IdleSubjectName } from '../idle/settings.js';
import { option } from './option.js';
import { pickCpus } from './pick-cpus.js';
import { cpu, decimal, fileName, integer, listOf, oneOf } from './values.js';

/** Open files of a process besides its connections, with a margin. */
const OTHER_FILES = 200;

interface IdleOptions {
  readonly subject: IdleSubjectName[];
  readonly rivals: IdleRivalName[];
  readonly from: number;
  readonly to: number;
  readonly passes: number;
  readonly seconds: number;
  readonly serverCpu: number;
  readonly loadCpu: number;
  readonly json?: string;
}

/** `bench idle`. Sets the exit code of the process to 1 if the numbers of the run mean nothing. */
export function idleCommand(topology: Topology): Command {
  const { allowedCpus } = topology;
  const oneCpu = cpu(allowedCpus, formatCpuList(allowedCpus));
  const picked = pickCpus(topology);
  const subjects = (Object.keys(SUBJECTS) as (keyof typeof SUBJECTS)[]).filter(
    (name) => name !== 'hioload',
  );
  const rivals = Object.keys(RIVALS) as IdleRivalName[];
  return new Command('idle')
    .description('Memory and CPU of an idle connection, beside bare uWebSockets.js, ws and Bun.')
    .addOption(option('--subject <names>', 'servers of ours', listOf(oneOf(subjects)), subjects))
    .addOption(
      option('--rivals <names>', 'rivals beside the baseline uws', listOf(oneOf(rivals)), rivals),
    )
    .addOption(
      option('--from <n>', 'connections at the first reading', integer(1, 1_000_000), 2_000),
    )
    .addOption(
      option('--to <n>', 'connections at the second reading', integer(2, 1_000_000), 10_000),
    )
    .addOption(option('--passes <n>', 'passes per server', integer(1, 1_000), 3))
    .addOption(
      option('--seconds <s>', 'time that idle connections are watched', decimal(0.05, 600), 20),
    )
    .addOption(option('--server-cpu <cpu>', 'CPU of the server', oneCpu, picked.server))
    .addOption(
      option(
        '--load-cpu <cpu>',
        'CPU of the process that holds the connections',
        oneCpu,
        picked.load,
      ),
    )
    .addOption(
      option('--json <file>', 'result file; the picture lies beside it', fileName('.json')),
    )
    .action(async ({ subject, json, ...others }: IdleOptions, command: Command) => {
      const settings: IdleSettings = { subjects: subject, ...others };
      refuseImpossible(settings, command);
      if (!(await runIdle(settings, json ?? null, TERMINAL))) process.exitCode = 1;
    });
}

/** Refuses values that are allowed one by one but do not work together or on this machine. */
function refuseImpossible({ from, to }: IdleSettings, command: Command): void {
  if (to <= from)
    command.error(
      `error: option '--to <n>' is ${to}. Allowed: more than --from, which is ${from}.`,
    );
  const files = openFilesLimit() - OTHER_FILES;
  if (to > files) {
    command.error(
      `error: option '--to <n>' is ${to}. Allowed: up to ${files}, for the limit on open ` +
        'files (ulimit -Hn).',
    );
  }
  const ports = ephemeralPorts();
  if (to > ports) {
    command.error(
      `error: option '--to <n>' is ${to}. Allowed: up to ${ports}, the ports of ` +
        'net.ipv4.ip_local_port_range.',
    );
  }
}

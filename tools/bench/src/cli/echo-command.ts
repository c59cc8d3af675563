// The command line of `bench echo`.
import type { Topology } from '@hioload/api';
import { formatCpuList } from '@hioload/reactor';
import { Command } from 'commander';
import { TERMINAL } from '../core/run-output.js';
import { runEcho } from '../echo/run-echo.js';
import { RIVALS, type RivalName, SUBJECTS, type SubjectName } from '../echo/server-kinds.js';
import type { EchoSettings } from '../echo/settings.js';
import { cycleBytes, MIN_PAYLOAD_BYTES } from '../load/message-cycle.js';
import { option } from './option.js';
import { pickCpus } from './pick-cpus.js';
import { cpu, decimal, fileName, integer, listOf, oneOf } from './values.js';

/** The most memory that prepared messages may take, in MiB. */
const MAX_PREPARED_MIB = 1_024;

interface EchoOptions {
  readonly subject: SubjectName[];
  readonly rivals: RivalName[];
  readonly connections: number;
  readonly bytes: number[];
  readonly inFlight: number[];
  readonly passes: number;
  readonly seconds: number;
  readonly warmup: number;
  readonly serverCpu: number;
  readonly loadCpu: number[];
  readonly minBusy: number;
  readonly attempts: number;
  readonly json?: string;
}

/** `bench echo`. Sets the exit code of the process to 1 if the numbers of the run mean nothing. */
export function echoCommand(topology: Topology): Command {
  const { allowedCpus } = topology;
  const oneCpu = cpu(allowedCpus, formatCpuList(allowedCpus));
  const picked = pickCpus(topology);
  const subjects = Object.keys(SUBJECTS) as SubjectName[];
  const rivals = Object.keys(RIVALS) as RivalName[];
  return new Command('echo')
    .description(
      'Echo through one reactor beside bare uWebSockets.js, ws and Bun, in alternating passes.',
    )
    .addOption(option('--subject <names>', 'servers of ours', listOf(oneOf(subjects)), ['hioload']))
    .addOption(
      option('--rivals <names>', 'rivals beside the baseline uws', listOf(oneOf(rivals)), rivals),
    )
    .addOption(option('--connections <n>', 'clients', integer(1, 10_000), 100))
    .addOption(
      option(
        '--bytes <list>',
        'message lengths',
        listOf(integer(MIN_PAYLOAD_BYTES, 1_048_576)),
        [64],
      ),
    )
    .addOption(
      option(
        '--in-flight <list>',
        'messages in flight per client',
        listOf(integer(1, 1_024)),
        [1, 16],
      ),
    )
    .addOption(option('--passes <n>', 'passes per server', integer(1, 1_000), 7))
    .addOption(option('--seconds <s>', 'length of a pass', decimal(0.05, 600), 2))
    .addOption(option('--warmup <s>', 'time under load before a pass counts', decimal(0, 60), 1))
    .addOption(option('--server-cpu <cpu>', 'CPU of the server', oneCpu, picked.server))
    .addOption(
      option('--load-cpu <list>', 'CPUs of the load, one process each', listOf(oneCpu), [
        picked.load,
      ]),
    )
    .addOption(
      option(
        '--min-busy <percent>',
        'a pass is void if the server is less busy',
        decimal(0, 100),
        90,
      ),
    )
    .addOption(
      option('--attempts <n>', 'most attempts at a pass that stays void', integer(1, 10), 3),
    )
    .addOption(
      option('--json <file>', 'result file; the picture lies beside it', fileName('.json')),
    )
    .action(async (options: EchoOptions, command: Command) => {
      const settings = toSettings(options);
      refuseImpossible(settings, command);
      const whole = await runEcho(settings, options.json ?? null, TERMINAL);
      if (!whole) process.exitCode = 1;
    });
}

function toSettings(options: EchoOptions): EchoSettings {
  const { serverCpu, loadCpu } = options;
  return {
    subjects: options.subject,
    rivals: options.rivals,
    connections: options.connections,
    payloadBytes: options.bytes,
    inFlight: options.inFlight,
    passes: options.passes,
    seconds: options.seconds,
    warmupSeconds: options.warmup,
    serverCpu,
    loadCpus: loadCpu,
    // A server that shares its CPU with the load cannot be busy all the time.
    minBusyPercent: loadCpu.includes(serverCpu) ? 0 : options.minBusy,
    attempts: options.attempts,
  };
}

/** Refuses values that are allowed one by one but do not work together. */
function refuseImpossible(settings: EchoSettings, command: Command): void {
  const { connections, loadCpus, payloadBytes, inFlight } = settings;
  if (connections < loadCpus.length) {
    command.error(
      `error: option '--connections <n>' is ${connections}. Allowed: at least one for each of ` +
        `${loadCpus.length} load CPUs.`,
    );
  }
  const mib = Math.ceil(
    (connections * cycleBytes(Math.max(...payloadBytes), Math.max(...inFlight))) / 2 ** 20,
  );
  if (mib > MAX_PREPARED_MIB) {
    const product = '--bytes, --in-flight and --connections';
    command.error(
      `error: options ${product} ask for ${mib} MiB of messages. Allowed: ${MAX_PREPARED_MIB} MiB.`,
    );
  }
}

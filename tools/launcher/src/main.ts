/** The `hioload` command: its subcommands, its help and its exit codes. */
import { HioloadError } from '@hioload/api';
import { Command, CommanderError } from 'commander';
import { addServeFlags, givenFlags } from './commands/serve-flags.js';
import { askedFormat, writeFailure } from './log/failure-line.js';
import type { LogStyle } from './log/logger.js';
import { withInspectAddress } from './options/inspect-address.js';
import { MODULE_ARGUMENT } from './options/table.js';
import { quoteIfOdd } from './options/sources.js';
import { VERSION } from './launcher-version.js';

const SERVE_NOTES = `
An option can be given as a flag, as an environment variable, or by its key in a JSON file. A flag
wins over a variable, and a variable wins over the file. The brackets show [variable, key].

Signals: the first SIGTERM, SIGINT or SIGHUP drains the server. A second signal ends the server at
once. The same signal counts as a second one after half a second.

Log: a slow reader of the log does not hold up the server. The server drops log lines instead, and
writes how many it dropped once the reader reads again. A log that cannot be written, because its
reader has gone or the disk is full, does not end the server: a line on the standard error says so,
and ws_log_lines_lost_total counts the lines.
The line that says why the server did not start goes to the standard error. It is a JSON line where
the log has JSON lines and the standard error is not a terminal. A line about bad input is a JSON
line if the log format is set to json.

Exit codes: 0 drained, as a signal asked for; 1 the start failed in a way that may pass by itself,
such as a port in use or a start hook that throws, or the server process did not end in order when
it drained; 2 bad input, which fails until somebody changes it; 128 + the signal's number when a
second signal ended the server.`;

const ignore = (): void => undefined;

/**
 * Runs the `hioload` command, once in a process. Resolves with the exit code when the command has
 * ended.
 */
export async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  // A reader that goes away early (`| head`) is no fault: the command does its work all the same.
  // The first use of these streams makes sockets and pipes non-blocking. The log relies on that.
  for (const stream of [process.stdout, process.stderr])
    stream.off('error', ignore).on('error', ignore);
  try {
    await createProgram((code) => (exitCode = code)).parseAsync(withInspectAddress(argv), {
      from: 'user',
    });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error, askedFormat(argv, process.env));
  }
}

function createProgram(finish: (exitCode: number) => void): Command {
  const program = new Command('hioload');
  program
    .description('WebSocket servers on every core of one machine')
    .version(VERSION)
    .exitOverride()
    .configureOutput({ outputError: () => undefined });

  const serve = program.command('serve').description('serve an application');
  addServeFlags(serve);
  serve.addHelpText('after', SERVE_NOTES).action(async () => {
    const command = await import('./commands/serve.js');
    finish(await command.serve({ flags: givenFlags(serve), environment: process.env }));
  });

  program
    .command('topology')
    .description('show the CPUs of this machine and where reactors would run')
    .option('--json', 'print JSON')
    .option(
      '--group <core|llc|numa>',
      'one reactor runs on each group of CPUs: a core, a shared last-level cache, or a NUMA node',
      'core',
    )
    .action(async (options: { json?: true; group: string }) => {
      const command = await import('./commands/topology.js');
      finish(await command.topology({ json: options.json === true, group: options.group }));
    });

  program
    .command('doctor')
    .description('check whether this machine is ready for a busy server')
    .option('--json', 'print JSON')
    .option('--transport <MODULE>', 'also check a module that exports a TransportKind')
    .action(async (options: { json?: true; transport?: string }) => {
      const command = await import('./commands/doctor.js');
      finish(await command.doctor({ ...options, json: options.json === true }));
    });

  for (const command of program.commands) command.allowExcessArguments();
  program.hook('preAction', (_, command) => refuseExcess(command));
  return program;
}

/** Refuses an argument that the command does not take. @throws HIOLOAD_OPTION_INVALID */
function refuseExcess(command: Command): void {
  const takes = command.registeredArguments.length;
  const excess = command.args[takes];
  if (excess === undefined) return;
  const [module = ''] = command.args;
  // A user who types `npm start -- b.ts` has not typed the first module.
  const source = process.env['npm_lifecycle_event'] === 'start' ? ' (set by npm start)' : '';
  const reason =
    takes === 0
      ? `${command.name()} takes no arguments`
      : `${MODULE_ARGUMENT} is already ${quoteIfOdd(module)}${source}`;
  throw new HioloadError(
    'HIOLOAD_OPTION_INVALID',
    `unexpected argument ${JSON.stringify(excess)}: ${reason}`,
  );
}

/**
 * Prints bad input as one line, and returns exit code 2 for it. Any other error is a fault of the
 * command, and is thrown again.
 */
function exitCodeOf(error: unknown, format: LogStyle['format']): number {
  if (error instanceof CommanderError) {
    // The user asked for the help or the version, and has it.
    if (error.code === 'commander.helpDisplayed' || error.code === 'commander.version') return 0;
    // The help is shown because the user asked for it (0), or because no command was given (2).
    if (error.code === 'commander.help') return error.exitCode === 0 ? 0 : 2;
    writeFailure(format, error.message.replace(/^error: /, '').replaceAll(/\s+/g, ' '));
    return 2;
  }
  if (!(error instanceof HioloadError)) throw error;
  writeFailure(format, error.message);
  return 2;
}

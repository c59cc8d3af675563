import { HioloadError } from '@hioload/api';
import { Command, CommanderError } from 'commander';
import { addServeFlags, givenFlags } from './commands/serve-flags.js';
import { MODULE_ARGUMENT } from './options/table.js';
import { quoteIfOdd } from './options/sources.js';
import { VERSION } from './version.js';

const SERVE_NOTES = `
An option can be given as a flag, as an environment variable or by its key in a JSON file; each goes over the next.
Both names stand in brackets.

Signals: the first SIGTERM, SIGINT or SIGHUP drains, a second one (half a second later, or a different one) ends the
server at once.

A reader of the log that is too slow holds nothing up: lines are lost, and one line says how many when it reads again.

Exit codes: 0 drained, 1 failed, or not drained in time, 2 bad input, 128 + signal number ended by a second signal.`;

const ignore = (): void => undefined;

/**
 * Runs the `hioload` command. Resolves with the exit code when all is done; expects to be called
 * once in a process.
 */
export async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  // A reader that goes away early (`| head`) is no fault: what was asked for is done all the same.
  // Their first use also makes sockets and pipes non-blocking, on which the log relies.
  for (const stream of [process.stdout, process.stderr])
    stream.off('error', ignore).on('error', ignore);
  try {
    await createProgram((code) => (exitCode = code)).parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return exitCodeOf(error);
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
    .option('--json', 'as JSON')
    .option('--group <core|llc|numa>', 'CPUs that make one group', 'core')
    .action(async (options: { json?: true; group: string }) => {
      const command = await import('./commands/topology.js');
      finish(await command.topology({ json: options.json === true, group: options.group }));
    });

  program
    .command('doctor')
    .description('check what this machine offers to a server')
    .option('--json', 'as JSON')
    .action(async (options: { json?: true }) => {
      const command = await import('./commands/doctor.js');
      finish(await command.doctor({ json: options.json === true }));
    });

  for (const command of program.commands) command.allowExcessArguments();
  program.hook('preAction', (_, command) => refuseExcess(command));
  return program;
}

/** Names the argument that is too many. @throws HIOLOAD_OPTION_INVALID */
function refuseExcess(command: Command): void {
  const takes = command.registeredArguments.length;
  const excess = command.args[takes];
  if (excess === undefined) return;
  const [module = ''] = command.args;
  // Whoever types `npm start -- b.ts` has not typed the first one.
  const source = process.env['npm_lifecycle_event'] === 'start' ? ' (npm start gives it)' : '';
  const reason =
    takes === 0
      ? `${command.name()} takes none`
      : `${MODULE_ARGUMENT} is ${quoteIfOdd(module)} already${source}`;
  throw new HioloadError(
    'HIOLOAD_OPTION_INVALID',
    `${quoteIfOdd(excess)}: one argument too many: ${reason}`,
  );
}

/**
 * Says what is wrong, in one line, and tells bad input (2) from a fault of ours, which is thrown
 * on.
 */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    // Help and version have been written, and are what was asked for.
    if (error.code === 'commander.helpDisplayed' || error.code === 'commander.version') return 0;
    // Help that was asked for, or that is shown because no command was given.
    if (error.code === 'commander.help') return error.exitCode === 0 ? 0 : 2;
    console.error(error.message.replace(/^error: /, '').replaceAll(/\s+/g, ' '));
    return 2;
  }
  if (!(error instanceof HioloadError)) throw error;
  console.error(error.message);
  return 2;
}

// The entry point of the bench: `bench echo`, `bus`, `idle`, `pool` and `protocol`.
import { detectTopology } from '@hioload/reactor';
import { Command, CommanderError } from 'commander';
import { busCommand } from './cli/bus-command.js';
import { echoCommand } from './cli/echo-command.js';
import { idleCommand } from './cli/idle-command.js';
import { poolCommand } from './cli/pool-command.js';
import { protocolCommand } from './cli/protocol-command.js';

/** Exit codes: 0 measured, 1 failed or void, 2 wrong options. */
const FAILED = 1;
const MISUSED = 2;

async function main(): Promise<void> {
  if (process.platform !== 'linux') {
    process.stderr.write(
      `error: the platform is ${process.platform}. Allowed: linux, for taskset and /proc.\n`,
    );
    process.exitCode = MISUSED;
    return;
  }
  const topology = await detectTopology();
  const program = new Command('bench')
    .description(
      'Benchmarks that run beside their rivals. A number counts only with its conditions.',
    )
    .addCommand(echoCommand(topology))
    .addCommand(poolCommand(topology))
    .addCommand(protocolCommand(topology))
    .addCommand(busCommand(topology))
    .addCommand(idleCommand(topology));
  for (const command of [program, ...program.commands])
    command.exitOverride().showSuggestionAfterError(false);
  await program.parseAsync();
}

// Children end when their channel to this process closes, so an interrupt only has to end this
// process.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => process.exit(code));
}

main().catch((error: Error) => {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : MISUSED;
    return;
  }
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = FAILED;
});

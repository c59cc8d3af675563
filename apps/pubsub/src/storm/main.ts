// The command `npm run storm`: runs a storm, shows live figures, prints a summary.
import { readOptions, type StormOptions, usage, UsageError } from './storm-options.js';
import { startOwnServer } from './own-server.js';
import { Storm } from './storm.js';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/*
 * `npm run storm -- OPTIONS`: live figures on standard error, a summary as JSON on standard output.
 * The exit code is 0 if the delivered copies and the copies that the server counted as lost are
 * together all copies that were due.
 */
process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(usage());
    return 0;
  }
  let options: StormOptions;
  try {
    options = readOptions(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`storm: ${error.message}\n\n${usage()}`);
    return EXIT_USAGE;
  }
  return run(options);
}

async function run(options: StormOptions): Promise<number> {
  const server = options.url === undefined ? await startOwnServer(options) : undefined;
  const url = options.url ?? server?.url ?? '';
  // Ctrl-C in a terminal reaches the server too.
  const onSignal = (): void => void server?.stop().then(() => process.exit(EXIT_FAILED));
  process.once('SIGTERM', onSignal);
  process.once('SIGINT', onSignal);
  try {
    console.error(`storm with seed ${options.seed}; figures: ${url.replace(/^ws/, 'http')}/storm`);
    const summary = await new Storm(options, url, (line) => console.error(line)).run();
    console.log(JSON.stringify(summary, undefined, 2));
    return summary.ok ? 0 : EXIT_FAILED;
  } catch (error) {
    console.error(`storm: ${(error as Error).message}`);
    return EXIT_FAILED;
  } finally {
    await server?.stop();
  }
}

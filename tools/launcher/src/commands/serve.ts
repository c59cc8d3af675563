import { Backoff } from '@hioload/reactor/backoff';
import { isatty } from 'node:tty';
import { Launcher } from '../launch/launcher.js';
import { onEndSignals } from '../launch/signals.js';
import { spawnServer } from '../launch/spawn.js';
import { systemClock } from '../launch/system-clock.js';
import { createLogger, logStyle } from '../log/logger.js';
import { openOutput } from '../log/output.js';
import { explainFailure } from './explain-failure.js';
import { resolveOptions, type OptionSources } from '../options/resolve.js';
import { toServerOptions } from '../options/server-options.js';
import { unknownVariables } from '../options/sources.js';

/** Serves until told to end, and resolves with the exit code. @throws HIOLOAD_OPTION_INVALID and the like for bad input */
export async function serve(sources: OptionSources): Promise<number> {
  const resolved = resolveOptions(sources);
  const options = toServerOptions(resolved);
  const style = logStyle(resolved.options.logLevel, resolved.options.logFormat, isatty(1), sources.environment);
  const log = createLogger(
    style,
    openOutput(1, () => launcher.stop('the reader of the log has gone')),
  );
  const launcher = new Launcher({
    options,
    logStyle: style,
    spawn: spawnServer,
    clock: systemClock,
    log,
    backoff: new Backoff(),
  });
  const ended = onEndSignals((name) => launcher.signal(name));
  for (const { name, meant } of unknownVariables(sources.environment)) {
    log.warn(`${name} is no variable of hioload${meant === undefined ? '' : `; did you mean ${meant}?`}`);
  }
  const { exitCode, failure } = await launcher.run();
  ended(exitCode);
  if (failure === undefined) return exitCode;
  log.debug('the server could not start', { stack: failure.stack });
  console.error(explainFailure(failure, resolved.nameOf));
  return exitCode;
}

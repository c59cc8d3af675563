// The command `hioload serve`.
import { keepAliveClock } from '@hioload/api';
import { Backoff } from '@hioload/reactor/backoff';
import { isatty } from 'node:tty';
import { Launcher } from '../launch/launcher.js';
import { ignoredSignals } from '../launch/ignored-signals.js';
import { killNote } from '../launch/memory-limit.js';
import { onEndSignals } from '../launch/signals.js';
import { serverSpawner } from '../launch/spawn-server.js';
import { writeFailure } from '../log/failure-line.js';
import { logStyle, openLog } from '../log/logger.js';
import { explainFailure } from './explain-failure.js';
import type { MemoryPlan } from '../memory/memory-plan.js';
import { resolveOptions, type OptionSources } from '../options/resolve.js';
import type { ServeOptions } from '../options/schema.js';
import { type ServerRequest, toServerOptions } from '../options/server-request.js';
import { serviceLinks, unknownVariables } from '../options/sources.js';

/**
 * Serves until told to end, and resolves with the exit code. @throws HIOLOAD_OPTION_INVALID and the
 * like for bad input
 */
export async function serve(sources: OptionSources): Promise<number> {
  const resolved = resolveOptions(sources);
  const server = toServerOptions(resolved);
  const memory = await memoryPlan(resolved.options, server, sources.environment);
  const style = logStyle(
    resolved.options.logLevel,
    resolved.options.logFormat,
    isatty(1),
    sources.environment,
  );
  const log = openLog(style);
  const ignored = ignoredSignals();
  const launcher = new Launcher({
    options: memory.wish === undefined ? server : { ...server, memory: memory.wish },
    logStyle: style,
    spawn: serverSpawner(memory, ignored, resolved.options.inspect),
    clock: keepAliveClock,
    log,
    backoff: new Backoff(),
    killNote,
  });
  const ended = onEndSignals((name) => launcher.signal(name), ignored);
  if (ignored.length > 0)
    log.info(`signals ignored, as this process was started to do: ${ignored.join(', ')}`);
  const links = serviceLinks(sources.environment);
  if (links.length > 0)
    log.debug(`service links of Kubernetes are passed over: ${links.join(', ')}`);
  for (const { name, meant } of unknownVariables(sources.environment)) {
    log.warn(
      `${name} is no variable of hioload${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    );
  }
  for (const { level, text } of memory.notes) log[level](text);
  const { exitCode, failure } = await launcher.run();
  ended(exitCode);
  if (failure === undefined) return exitCode;
  log.debug('the server could not start', { stack: failure.stack });
  // Without a wish of the user, who reads at a terminal reads text.
  const isText = resolved.options.logFormat === 'auto' && isatty(2);
  writeFailure(isText ? 'pretty' : style.format, explainFailure(failure, resolved.nameOf));
  return exitCode;
}

const NOTHING_ASKED: MemoryPlan = { command: [], environment: {}, wish: undefined, notes: [] };

/** What looks at the machine takes its time to load: who asks for nothing does not wait for it. */
async function memoryPlan(
  options: ServeOptions,
  server: ServerRequest,
  environment: NodeJS.ProcessEnv,
): Promise<MemoryPlan> {
  if (!options.hugePages && !options.numactl) return NOTHING_ASKED;
  const [{ planMemory }, { thisMachine }] = await Promise.all([
    import('../memory/memory-plan.js'),
    import('../doctor/machine.js'),
  ]);
  return planMemory(options, server, thisMachine(), environment);
}

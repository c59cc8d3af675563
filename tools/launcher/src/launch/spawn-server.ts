// Starts the server process for the launcher.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { withoutInspector } from '../options/inspect-address.js';
import type { EndSignal } from './end-signals.js';
import { type FromServer, INSPECT_ARGUMENT } from './messages.js';
import type { MemoryPlan } from '../memory/memory-plan.js';
import type {
  ProcessEnd,
  ServerProcess,
  ServerProcessEvents,
  SpawnServer,
} from './server-process.js';

/** The compiled entry of the server process. */
const ENTRY = fileURLToPath(new URL('../server/main.js', import.meta.url));

/** Time for messages that are still in the channel when the process has ended, in milliseconds. */
const LAST_WORDS_MS = 500;

/** What a server process is started with beyond what every one has. */
export type SpawnWith = Pick<MemoryPlan, 'command' | 'environment'>;

/**
 * Makes what starts server processes.
 * @param ignored signals that the server process ignores, as the launcher does
 * @param inspect where the server process opens its inspector
 */
export function serverSpawner(
  spawnWith: SpawnWith,
  ignored: readonly EndSignal[] = [],
  inspect?: string,
): SpawnServer {
  const args = [...ignored, ...(inspect === undefined ? [] : [`${INSPECT_ARGUMENT}${inspect}`])];
  return (events) => spawnServer(spawnWith, args, events);
}

/**
 * Starts the server process in a session of its own, so that a signal to the group of the launcher
 * does not reach it.
 */
function spawnServer(
  { command, environment }: SpawnWith,
  ownArgs: readonly string[],
  events: ServerProcessEvents,
): ServerProcess {
  const [program, ...args] = command;
  // An inspector that these flags open is that of the launcher, and has the port.
  const flags = withoutInspector(process.execArgv);
  const child = fork(ENTRY, ownArgs, {
    // A program that goes before replaces itself by the server, which keeps its id and the channel.
    ...(program === undefined
      ? { execArgv: flags }
      : { execPath: program, execArgv: [...args, process.execPath, ...flags] }),
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...nodeOptions(), ...environment },
  });

  let end: ProcessEnd | undefined;
  let lastWords: NodeJS.Timeout | undefined;
  const ended = (how: ProcessEnd): void => {
    end = how;
    signalGroup(child.pid, 'SIGTERM');
    // Its last message may be read after its end was noticed: the end is told when the channel has
    // been read out.
    if (child.connected) lastWords = setTimeout(() => events.onEnd(how), LAST_WORDS_MS);
    else events.onEnd(how);
  };
  child.on('message', (message) => events.onMessage(message as FromServer));
  child.on('disconnect', () => {
    if (lastWords === undefined || end === undefined) return;
    clearTimeout(lastWords);
    lastWords = undefined;
    events.onEnd(end);
  });
  child.on('exit', (code, signal) => ended({ code, signal }));
  child.on('error', (error) => {
    if (child.pid === undefined) ended({ code: null, signal: null, error });
  });

  return {
    pid: child.pid,
    send(message) {
      if (child.connected) child.send(message, () => undefined);
    },
    kill() {
      if (child.pid === undefined || end !== undefined) return;
      if (!signalGroup(child.pid, 'SIGKILL')) child.kill('SIGKILL');
    },
  };
}

/** The variable NODE_OPTIONS for the server process, where it must differ from that of this one. */
function nodeOptions(): NodeJS.ProcessEnv {
  const own = process.env['NODE_OPTIONS'];
  if (own === undefined || !own.includes('--inspect')) return {};
  return { NODE_OPTIONS: withoutInspector(own.split(/\s+/)).join(' ') };
}

/**
 * The server process leads a group, which holds what its application has started and may outlive
 * it.
 */
function signalGroup(leader: number | undefined, signal: NodeJS.Signals): boolean {
  if (leader === undefined) return false;
  try {
    return process.kill(-leader, signal);
  } catch {
    // Nobody is left.
    return false;
  }
}

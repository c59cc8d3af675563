// Test support: starts the launcher as a command.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';
import { MARK, markedProcesses } from './processes.js';

/** The command as it is installed. It needs a build. */
export const COMMAND = fileURLToPath(
  new URL('../../../tools/launcher/hioload.mjs', import.meta.url),
);

/** The smallest app. */
export const ECHO = fileURLToPath(new URL('../../../apps/echo/src/echo.ts', import.meta.url));

/** An app of the tests of the server. */
export const testApp = (name: string): string =>
  fileURLToPath(new URL(`../server/apps/${name}`, import.meta.url));

/** How a process ended: its exit code, or the signal that ended it. */
export type Ending = number | NodeJS.Signals;

/** Where the server is reached. */
export interface Address {
  readonly url: string;
  readonly adminUrl: string;
}

/** A running command. */
export class RunningCommand {
  readonly process: ChildProcess;
  readonly mark: string;
  /** What it wrote to its standard output, whole lines only. */
  readonly lines: string[] = [];
  errorOutput = '';
  /** Resolves when it has ended and its output is read. */
  readonly ended: Promise<Ending>;
  readonly #waiting = new Set<() => void>();

  constructor(program: string, args: readonly string[], options: CommandOptions = {}) {
    this.mark = randomUUID();
    this.process = spawn(program, args, {
      // A group of its own, so that the group can be signalled without the test.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: options.cwd,
      env: { ...cleanEnvironment(), ...PATIENT, ...options.environment, [MARK]: this.mark },
    });
    let rest = '';
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      this.lines.push(...lines);
      for (const look of this.#waiting) look();
    });
    this.process.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => (this.errorOutput += text));
    this.ended = once(this.process, 'close').then(([code, signal]) => (code ?? signal) as Ending);
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  /** Signals the process group of the command, as a terminal does. */
  signalGroup(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal);
  }

  /** The messages of its log so far. */
  get messages(): string[] {
    return this.lines.flatMap((line) =>
      line.startsWith('{') ? [(JSON.parse(line) as { msg: string }).msg] : [],
    );
  }

  /**
   * Resolves with the first message from index `from` on that matches. Rejects when the command
   * ends before that.
   */
  message(pattern: RegExp, from = 0): Promise<RegExpExecArray> {
    return this.#first(pattern, () => this.messages.slice(from));
  }

  /**
   * Resolves with the first line of its output that matches. Rejects when the command ends before
   * that.
   */
  line(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#first(pattern, () => this.lines);
  }

  async #first(pattern: RegExp, texts: () => readonly string[]): Promise<RegExpExecArray> {
    const found = new Promise<RegExpExecArray>((resolve) => {
      const look = (): void => {
        const match = texts()
          .map((text) => pattern.exec(text))
          .find((result) => result !== null);
        if (match === undefined || match === null) return;
        this.#waiting.delete(look);
        resolve(match);
      };
      this.#waiting.add(look);
      look();
    });
    const tooLate = this.ended.then((ending) => {
      throw new Error(
        `ended with ${ending} before ${pattern}:\n${this.lines.join('\n')}\n${this.errorOutput}`,
      );
    });
    return Promise.race([found, tooLate]);
  }

  /** Resolves when it is ready. */
  async ready(from = 0): Promise<Address> {
    const pattern = /^ready: (?:(ws:\/\/[^/\s]+)|transport \S+, no port)/;
    const [, url = ''] = await this.message(pattern, from);
    const [, adminUrl = ''] = await this.message(/^admin: (http:\/\/[^/]+)/, from);
    return { url, adminUrl };
  }

  /** The server process that it has started. */
  get serverPid(): number {
    const server = markedProcesses(this.mark).find(({ commandLine }) =>
      commandLine.includes('launcher/dist/server/main.js'),
    );
    if (server === undefined) throw new Error('no server process runs');
    return server.pid;
  }

  /** Waits until no process is left of all that it has led to. */
  async nothingLeft(): Promise<void> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const left = markedProcesses(this.mark);
      if (left.length === 0) return;
      if (Date.now() > deadline) throw new Error(`still there: ${JSON.stringify(left)}`);
      await delay(20);
    }
  }
}

/** On a machine with much else to do a start can take longer than the default allows. */
const PATIENT = { HIOLOAD_START_TIMEOUT_MS: '40000' };

export interface CommandOptions {
  readonly cwd?: string;
  readonly environment?: NodeJS.ProcessEnv;
}

const running = new Set<RunningCommand>();
// Whatever a test that failed has left is ended by its mark, and by nothing else.
afterEach(() => {
  for (const { mark } of running)
    for (const { pid } of markedProcesses(mark)) process.kill(pid, 'SIGKILL');
  running.clear();
});

/** Runs a program that leads to a launcher. */
export function run(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): RunningCommand {
  const command = new RunningCommand(program, args, options);
  running.add(command);
  return command;
}

/** Runs `hioload serve` on free ports, with its log as JSON. */
export function serve(args: readonly string[], options: CommandOptions = {}): RunningCommand {
  return run(process.execPath, [COMMAND, 'serve', ...args, '--log-format', 'json'], options);
}

/** Flags that have the tests take free ports. */
export const FREE_PORTS = ['--port', '0', '--admin-port', '0'] as const;

/**
 * Our own environment without what would reach the command as options of ours or of the test
 * runner.
 */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const isOurs = (name: string): boolean =>
    /^(HIOLOAD_|NODE_OPTIONS$|PORT$|HOST$|LOG_LEVEL$|VITEST)/.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOurs(name)));
}

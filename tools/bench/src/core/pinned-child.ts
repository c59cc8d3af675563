// Runs a child process that is bound to CPUs, and talks to it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { entryFile } from './paths.js';

/** The program of a child process. */
export interface ChildCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** Variables that are added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The command for a module of this package, with the Node and the flags of this process. */
export function nodeCommand(path: string, ...args: readonly string[]): ChildCommand {
  return { program: process.execPath, args: [...process.execArgv, entryFile(path), ...args] };
}

/** Time that a child has to end after its channel was closed. */
const STOP_DEADLINE_MS = 6_000;

/** Length of the kept output. The output explains why a child ended. */
const OUTPUT_TAIL_CHARACTERS = 2_000;

/**
 * A process that is bound to named CPUs and talks over a channel of messages. It must end when that
 * channel closes (see `child-side.ts`). The channel also closes if this process is killed, so no
 * child is ever left running.
 */
export class PinnedChild<Command extends object, Report extends object> {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #reports: Report[] = [];
  #output = '';
  #end: string | null = null;
  #wake: () => void = () => {};

  private constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#process = child;
    child.on('message', (report) => {
      this.#reports.push(report as Report);
      this.#wake();
    });
    // `close` comes after the last message and the last output. `exit` may come before them.
    child.on('close', (code, signal) =>
      this.#ended(signal === null ? `exit code ${code}` : `signal ${signal}`),
    );
    child.on('error', (error) => this.#ended(error.message));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-OUTPUT_TAIL_CHARACTERS);
      });
    }
  }

  /** Starts `command` on `cpus`. A failure shows at the next {@link receive}. */
  static start<Command extends object, Report extends object>(
    name: string,
    cpus: readonly number[],
    command: ChildCommand,
  ): PinnedChild<Command, Report> {
    // The program replaces taskset: the process id stays, and every thread starts with the mask.
    const child = spawn('taskset', ['-c', cpus.join(','), command.program, ...command.args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // The child gets a session of its own. The kernel may first share the CPUs out among
      // sessions. The launcher starts our server in a session of its own, so our server would get
      // more than its rivals.
      detached: true,
      env: { ...process.env, ...command.env },
    });
    return new PinnedChild(name, child);
  }

  send(command: Command): void {
    // If the child has just ended, the next receive throws the reason.
    this.#process.send(command, () => {});
  }

  /**
   * The next report.
   * @throws Error if the child ends, or stays silent for `deadlineMs`
   */
  async receive(deadlineMs: number): Promise<Report> {
    const expired = AbortSignal.timeout(deadlineMs);
    for (;;) {
      const report = this.#reports.shift();
      if (report !== undefined) return report;
      if (this.#end !== null) throw new Error(this.#explain(`ended with ${this.#end}`));
      if (expired.aborted)
        throw new Error(this.#explain(`said nothing for ${deadlineMs / 1000} s`));
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        expired.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }

  /** The reason why the process ended within `graceMs`; `null` if it still runs. */
  async endWithin(graceMs: number): Promise<string | null> {
    try {
      await this.receive(graceMs);
    } catch (error) {
      if (this.#end !== null) return (error as Error).message;
    }
    return null;
  }

  /** Closes the channel and waits until the process has ended; idempotent. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child.connected) child.disconnect();
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
    // `close` does not come if this side closed the channel, so this code waits for `exit`.
    await once(child, 'exit');
    clearTimeout(kill);
  }

  #ended(how: string): void {
    this.#end ??= how;
    this.#wake();
  }

  #explain(what: string): string {
    const output = this.#output.trim();
    return `${this.#name} ${what}${output === '' ? '' : `: ${output}`}`;
  }
}

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

/** A module of this package, run as this process is: with the same Node and the same flags. */
export function nodeCommand(path: string, ...args: readonly string[]): ChildCommand {
  return { program: process.execPath, args: [...process.execArgv, entryFile(path), ...args] };
}

/** Time for a child to end after its channel is closed. */
const STOP_DEADLINE_MS = 6_000;

/** Length of the kept output, which explains why a child ended. */
const OUTPUT_TAIL_CHARACTERS = 2_000;

/**
 * A process bound to named CPUs that talks over a channel of messages. It must end when that
 * channel closes (see `child-side.ts`): the channel closes also when this process is killed, so
 * nothing is ever left running.
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
    // `close` comes after the last message and the last output, `exit` may come before them.
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

  /** Starts `command` on `cpus`; a failure shows at the next {@link receive}. */
  static start<Command extends object, Report extends object>(
    name: string,
    cpus: readonly number[],
    command: ChildCommand,
  ): PinnedChild<Command, Report> {
    // taskset becomes the program: the process id stays, and every thread is born with the mask.
    const child = spawn('taskset', ['-c', cpus.join(','), command.program, ...command.args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A session of its own: the kernel may share CPUs out among sessions first, and our server,
      // which its launcher starts in one, would get more than those it is measured against.
      detached: true,
      env: { ...process.env, ...command.env },
    });
    return new PinnedChild(name, child);
  }

  send(command: Command): void {
    // If the child has just ended, the next receive throws the reason.
    this.#process.send(command, () => {});
  }

  /** The next report. @throws Error where the child ends, or stays silent for `deadlineMs` */
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

  /** Why the process ended, if it does so within `graceMs`; `null` where it runs on. */
  async endWithin(graceMs: number): Promise<string | null> {
    try {
      await this.receive(graceMs);
    } catch (error) {
      if (this.#end !== null) return (error as Error).message;
    }
    return null;
  }

  /** Closes the channel and waits until the process has gone; idempotent. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (child.connected) child.disconnect();
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const kill = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
    // Not `close`, which does not come where this side closed the channel.
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

// Test support: runs a bench command as a process.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const MARK_VARIABLE = 'BENCH_TEST_MARK';

/** A run of a module of this package. */
export interface BenchRun {
  readonly process: ChildProcess;
  /** Resolves with the exit code, or the signal, when the command has ended. */
  readonly ended: Promise<number | string>;
  readonly output: { out: string; err: string };
  /** The ids of this process and its children that still run. */
  alive(): number[];
}

/** @param module path below this package, of source or of built code; built code starts sooner */
export function runModule(module: string, args: readonly string[]): BenchRun {
  const mark = randomUUID();
  const path = fileURLToPath(new URL(`../${module}`, import.meta.url));
  const flags = module.endsWith('.ts') ? ['--conditions=hioload-source', '--import', 'tsx'] : [];
  const child = spawn(process.execPath, [...flags, path, ...args], {
    env: { ...process.env, [MARK_VARIABLE]: mark },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.err += text));
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  const alive = (): number[] => marked(mark);
  onTestFinished(() => {
    for (const pid of alive()) process.kill(pid, 'SIGKILL');
  });
  return { process: child, ended, output, alive };
}

/**
 * Finds processes with the mark in their environment. Children inherit it, however they started.
 */
function marked(mark: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        // An ending process keeps its environment to the last, but has no executable.
        readlinkSync(`/proc/${pid}/exe`);
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`${MARK_VARIABLE}=${mark}`);
      } catch {
        return false;
      }
    });
}

// Test support: runs a client program and reads its report.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Report } from './clients/report.js';

const DEADLINE_MS = 120_000;

/**
 * Runs a command to its end. @returns what it printed @throws where it fails, with what it printed
 */
export async function run(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: DEADLINE_MS });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else
        reject(
          new Error(
            `${command} ${args.join(' ')} ended with ${code ?? signal}: ${errors}${output}`,
          ),
        );
    });
  });
}

/** The path of a client's program. */
export const clientPath = (name: string): string =>
  fileURLToPath(new URL(`clients/${name}`, import.meta.url));

/** Runs a client and reads its report. */
export async function reportOf(command: string, args: readonly string[]): Promise<Report> {
  return JSON.parse(await run(command, args)) as Report;
}

// Runs a command for a check, and reports its output if it fails.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** The root of the repository. */
export const ROOT = join(import.meta.dirname, '..', '..');

/**
 * @typedef {object} Outcome
 * @property {boolean} ok
 * @property {string} report the text for a person; empty if there is none
 */

/**
 * Runs a command that prints nothing on success.
 * @param {readonly string[]} command a program of node_modules/.bin, or an absolute path, with its
 * arguments
 * @returns {Promise<Outcome>} its output is the report if it failed, and is dropped otherwise
 */
export function runCommand([program = '', ...args]) {
  const bin = join(ROOT, 'node_modules', '.bin');
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('error', (error) => resolve({ ok: false, report: error.message }));
    child.on('close', (code, signal) => {
      if (code === 0) resolve({ ok: true, report: '' });
      else resolve({ ok: false, report: output || `${program} ended with ${signal ?? code}` });
    });
  });
}

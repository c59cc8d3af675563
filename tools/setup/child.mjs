// Runs a child process and passes signals on to it.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { SetupFailure } from './failure.mjs';

/**
 * @typedef {object} ChildOutcome
 * @property {number | string} code the exit code, or the reason why the program did not start
 * (`ENOENT`)
 * @property {string} output the output of both streams, in the order of arrival
 */

/**
 * Runs a program to its end. A signal that ends this process is passed on to the program first, and
 * its end is awaited: a program that writes into node_modules or dist must not run on after this
 * process.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv, onText?: (text: string) => void }} options
 * @returns {Promise<ChildOutcome>}
 */
export function runChild(program, args, { cwd, env, onText }) {
  return new Promise((resolve, reject) => {
    // Windows needs a shell, because npx is a command file there.
    const shell = process.platform === 'win32';
    const child = spawn(program, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        onText?.(text);
      });
    }
    /** @type {NodeJS.Signals | undefined} */
    let ended;
    /** @param {NodeJS.Signals} signal */
    const pass = (signal) => {
      ended = signal;
      child.kill(signal);
    };
    const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
    for (const signal of signals) process.on(signal, pass);
    /** @param {number | string} code */
    const finish = (code) => {
      for (const signal of signals) process.off(signal, pass);
      if (ended === undefined) resolve({ code, output });
      else reject(new SetupFailure('', 128 + constants.signals[ended]));
    };
    child.on('error', (error) =>
      finish(/** @type {NodeJS.ErrnoException} */ (error).code ?? error.message),
    );
    child.on('close', (code, signal) => finish(code ?? signal ?? 1));
  });
}

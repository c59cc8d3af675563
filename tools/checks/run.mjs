// `npm run check`: everything that can be checked in a minute. All parts run, also when one fails.
import { availableParallelism } from 'node:os';
import { PARTS } from './parts.mjs';

const started = performance.now();
const failed = await runParts(PARTS);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
const verdict = failed.length === 0 ? 'all pass' : `failed: ${failed.join(', ')}`;
process.stdout.write(`check  ${PARTS.length} parts, ${verdict}, ${seconds} s\n`);
process.exitCode = failed.length === 0 ? 0 : 1;

/**
 * Runs as many parts at a time as there are cores, and prints each as it ends: what it found, then its line.
 * @param {readonly import('./parts.mjs').Part[]} parts
 * @returns {Promise<string[]>} the names of those that failed
 */
async function runParts(parts) {
  const waiting = [...parts];
  /** @type {string[]} */
  const failed = [];
  const lane = async () => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      const began = performance.now();
      const { ok, report } = await outcomeOf(part);
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      if (report !== '') process.stdout.write(`\n${report.trimEnd()}\n`);
      process.stdout.write(
        `${ok ? 'ok    ' : 'FAILED'} ${part.name.padEnd(8)} ${seconds.padStart(5)} s  ${part.proves}\n`,
      );
      if (!ok) failed.push(part.name);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return failed;
}

/** @param {import('./parts.mjs').Part} part */
async function outcomeOf(part) {
  try {
    return await part.run();
  } catch (error) {
    return { ok: false, report: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/**
 * Runs parts, `lanes` at a time, and writes each as it ends: what it found, then its line. All run,
 * also when one fails.
 * @param {readonly import('./parts.mjs').Part[]} parts
 * @param {number} lanes
 * @param {(text: string) => void} write
 * @returns {Promise<string[]>} the names of those that failed
 */
export async function runParts(parts, lanes, write) {
  const waiting = [...parts];
  /** @type {string[]} */
  const failed = [];
  const lane = async () => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      const began = performance.now();
      const { ok, report } = await outcomeOf(part);
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      if (report !== '') write(`\n${report.trimEnd()}\n`);
      write(
        `${ok ? 'ok    ' : 'FAILED'} ${part.name.padEnd(8)} ${seconds.padStart(5)} s  ` +
          `${part.proves}\n`,
      );
      if (!ok) failed.push(part.name);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return failed;
}

/** @param {import('./parts.mjs').Part} part */
async function outcomeOf(part) {
  try {
    return await part.run();
  } catch (error) {
    return {
      ok: false,
      report: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}

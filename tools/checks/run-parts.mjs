/**
 * Runs parts, `atOnce` of them at a time. When a part ends, its report and its line are written.
 * All parts run, even if one fails.
 * @param {readonly import('./parts.mjs').Part[]} parts
 * @param {number} atOnce
 * @param {(text: string) => void} write
 * @returns {Promise<string[]>} the names of those that failed
 */
export async function runParts(parts, atOnce, write) {
  const waiting = [...parts];
  /** @type {string[]} */
  const failed = [];
  const worker = async () => {
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
  await Promise.all(Array.from({ length: atOnce }, worker));
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

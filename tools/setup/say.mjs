/**
 * Tells the person what goes on; stdout is left to the command they asked for. @param {string} line
 */
export function say(line) {
  process.stderr.write(`hioload-ws: ${line}\n`);
}

/** Tells the person what goes on; stdout is left to the command they asked for. @param {string} line */
export function say(line) {
  process.stderr.write(`hioload-ws: ${line}\n`);
}

/** Ends the process with one line that says what to do. @param {string} line @returns {never} */
export function fail(line) {
  say(line);
  process.exit(1);
}

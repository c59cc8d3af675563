// The entry point of the command `hioload`.
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { handleEarlySignals } from './launch/end-signals.js';
import { ignoredSignals } from './launch/ignored-signals.js';
import { askedFormat, writeFailure } from './log/failure-line.js';

// The modules of the launcher take a while to load.
if (process.argv[2] === 'serve') handleEarlySignals(ignoredSignals(), () => process.exit(0));

/** Files that the start may have open at a time, with room. */
const FILES_TO_START = 128;

/**
 * Modules are read many at a time. Where the limit on open files is lower than that, Node takes
 * some for missing, and says so instead of what is wrong. @throws an error of the system with code
 * EMFILE
 */
function assertFiles(): void {
  const files: number[] = [];
  try {
    while (files.length < FILES_TO_START) files.push(openSync(devNull, 'r'));
  } finally {
    for (const file of files) closeSync(file);
  }
}

const argv = process.argv.slice(2);
try {
  assertFiles();
  // Not at the top of the file, so that what keeps the modules from being read is a line and no
  // stack.
  const { main } = await import('./main.js');
  process.exitCode = await main(argv);
} catch (error) {
  if (!(error instanceof Error)) throw error;
  const format = askedFormat(argv, process.env);
  const isOfSystem = 'syscall' in error;
  // An error that the system did not cause is a fault of the command: its stack is shown.
  if (!isOfSystem && format === 'pretty') throw error;
  const hint = 'code' in error && error.code === 'EMFILE' ? '; ulimit -n raises the limit' : '';
  const line = `${error.message.replaceAll(/\s+/g, ' ')}${hint}`;
  writeFailure(format, line, isOfSystem ? undefined : error.stack);
  process.exitCode = 1;
}

// An application for tests that starts a helper process.
import { defineApp } from '@hioload/reactor';
import { spawn } from 'node:child_process';

/** Starts a helper process and leaves it to itself. */
export default defineApp({
  start() {
    spawn('sleep', ['600'], { stdio: 'ignore' }).unref();
  },
});

// An application for tests that fails to start on its last reactor.
import { defineApp } from '@hioload/reactor';

/** The reactor with the highest number does not start. */
export default defineApp({
  start({ reactor, reactors }) {
    if (reactor === reactors - 1) throw new Error('this one not');
  },
});

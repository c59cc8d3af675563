// An application for tests that logs as many lines as it is told.
import { defineApp } from '@hioload/reactor';

let say: (line: string) => void;

/** Logs as many lines of 1 kB as a message says, and answers when it has. */
export default defineApp({
  start({ log }) {
    say = (line) => log.info(line);
  },
  message(connection, message) {
    for (let left = Number(message.text()); left > 0; left--) say('x'.repeat(1_000));
    connection.send('said');
  },
});

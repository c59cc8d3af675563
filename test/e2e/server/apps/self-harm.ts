// An application for tests that harms its reactor when it is told to.
import { defineApp, HioloadError } from '@hioload/reactor';

const hoard: object[] = [];

/**
 * Does to its reactor what the message says; answers anything else with the number of its reactor.
 */
export default defineApp<{ readonly reactor: number }>({
  start({ reactor }) {
    which = reactor;
  },
  message(conn, message) {
    const [order, amount] = message.text().split(' ');
    if (order === 'crash') setImmediate(() => crash());
    else if (order === 'exit') setImmediate(() => process.exit(3));
    else if (order === 'block') block(Number(amount));
    else if (order === 'hoard')
      for (let i = 0; i < Number(amount); i++) hoard.push({ kept: i, more: [i, i + 1] });
    else if (order === 'misuse') return void conn.send(misuse(() => conn.subscribe('')));
    conn.send(String(which));
  },
});

let which = -1;

/** Says whether the framework throws errors of the class that this module imports. */
function misuse(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return error instanceof HioloadError ? 'the class of the framework' : 'another class';
  }
  return 'no error';
}

function crash(): never {
  throw new Error('uncaught in the application');
}

function block(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

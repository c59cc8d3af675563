/** The wait before the first new attempt, and the longest one, in milliseconds. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 15_000;
/** A connection that lasted so long was a good one: the next wait is the shortest again. */
const GOOD_AFTER_MS = 5_000;
/**
 * Close codes after which another attempt would end the same way: the server objects to what this
 * page does.
 */
const FINAL_CODES = new Set([1002, 1003, 1007, 1008, 1009, 1010]);

/**
 * A WebSocket of this server that comes back by itself. The wait doubles with each failure, and a
 * random half of it is left out, so that the clients of a server that was away do not all return in
 * the same moment.
 *
 * `onState` is told `connecting`, `open`, `waiting` (with the milliseconds until the next attempt)
 * and `ended` (with the reason); `onMessage` gets what arrives, parsed.
 */
export class Connection {
  #url;
  #onState;
  #onMessage;
  #socket;
  #failures = 0;
  #timer;

  constructor(path, { onState, onMessage }) {
    this.#url = new URL(path, location.href.replace(/^http/, 'ws'));
    this.#onState = onState;
    this.#onMessage = onMessage;
  }

  /** Makes the first attempt; from then on there is always a connection, or the next attempt. */
  start() {
    // Whoever is back on the network, or looks at the page again, does not wait.
    addEventListener('online', () => this.hurry());
    document.addEventListener(
      'visibilitychange',
      () => document.visibilityState === 'visible' && this.hurry(),
    );
    this.#connect();
  }

  /** Sends a value as JSON. Returns whether there was a connection to send it on. */
  send(value) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(value));
    return true;
  }

  /** Makes the next attempt now, if one is being waited for, or if there was to be none. */
  hurry() {
    if (this.#socket !== undefined) return;
    clearTimeout(this.#timer);
    this.#connect();
  }

  #connect() {
    this.#onState({ state: 'connecting' });
    const socket = new WebSocket(this.#url);
    let openedAt = Infinity;
    this.#socket = socket;
    socket.addEventListener('open', () => {
      openedAt = performance.now();
      this.#onState({ state: 'open' });
    });
    socket.addEventListener('message', ({ data }) => this.#onMessage(JSON.parse(data)));
    socket.addEventListener('close', ({ code, reason }) => {
      this.#socket = undefined;
      this.#failures = performance.now() - openedAt >= GOOD_AFTER_MS ? 0 : this.#failures + 1;
      if (FINAL_CODES.has(code))
        this.#onState({ state: 'ended', reason: reason || `close code ${code}` });
      else this.#wait();
    });
  }

  #wait() {
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#failures);
    const waitMs = longest * (1 - Math.random() / 2);
    this.#timer = setTimeout(() => this.#connect(), waitMs);
    this.#onState({ state: 'waiting', waitMs });
  }
}

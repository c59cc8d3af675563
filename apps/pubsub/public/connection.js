/** The shortest and the longest wait before a new attempt, in milliseconds. */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 15_000;
/** After a connection that lasted this long, the next wait is the shortest again. */
const GOOD_AFTER_MS = 5_000;
/**
 * Close codes that end all attempts. The server refuses the messages of this page, so another
 * attempt would end in the same way.
 */
const FINAL_CODES = new Set([1002, 1003, 1007, 1008, 1009, 1010]);

/**
 * A WebSocket to this server that connects again by itself. The wait doubles with each failure. A
 * random part of up to a half is taken off each wait, so that the clients of a restarted server do
 * not all return at the same moment.
 *
 * `onState` gets `connecting`, `open`, `waiting` (with the milliseconds until the next attempt) and
 * `ended` (with the reason). `onMessage` gets each parsed message.
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

  /** Makes the first attempt. From then on there is always a connection or a planned attempt. */
  start() {
    // A person who is online again, or looks at the page again, does not wait.
    addEventListener('online', () => this.hurry());
    document.addEventListener(
      'visibilitychange',
      () => document.visibilityState === 'visible' && this.hurry(),
    );
    this.#connect();
  }

  /** Sends a value as JSON. Returns false if there is no open connection. */
  send(value) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(value));
    return true;
  }

  /** Makes the next attempt now, also after the last attempt. Does nothing while connected. */
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

/* A connection of a user's listener, whose faults cost no more than the connection. */
import {
  HioloadError,
  type NetConn,
  type NetSink,
  textOfThrown,
  type WriteLease,
} from '@hioload/api';

const METHODS = ['start', 'write', 'pause', 'resume', 'shutdown', 'close', 'abort'] as const;

/**
 * Refuses a value that is no network connection.
 * @throws HIOLOAD_PART_INVALID
 */
export function requireNetConn(conn: NetConn): void {
  const given = conn as Partial<NetConn> | null | undefined;
  const missing = METHODS.find((method) => typeof given?.[method] !== 'function');
  const problem =
    missing !== undefined
      ? `its ${missing} is no function`
      : typeof given?.remoteAddress !== 'string'
        ? 'its remoteAddress is no string'
        : typeof given.bufferedBytes !== 'number'
          ? 'its bufferedBytes is no number'
          : undefined;
  if (problem === undefined) return;
  throw new HioloadError(
    'HIOLOAD_PART_INVALID',
    `accept: the connection of a listener must be a NetConn with the functions ` +
      `${METHODS.join(', ')}, the text remoteAddress and the number bufferedBytes; ` +
      (conn === null || typeof conn !== 'object' ? `got ${String(conn)}` : problem),
  );
}

/**
 * Passes each call on to a connection. Where a call throws, the connection counts as lost: it gets
 * no more calls but `abort`, its owner hears `closed`, and the error names the function.
 */
export class GuardedConn implements NetConn, NetSink {
  readonly remoteAddress: string;
  readonly #conn: NetConn;
  readonly #onFault: (error: HioloadError) => void;
  #sink: NetSink | null = null;
  #isOver = false;

  constructor(conn: NetConn, onFault: (error: HioloadError) => void) {
    this.#conn = conn;
    this.#onFault = onFault;
    this.remoteAddress = conn.remoteAddress;
  }

  get bufferedBytes(): number {
    return this.#isOver ? 0 : this.#try('bufferedBytes', () => this.#conn.bufferedBytes, 0);
  }

  start(sink: NetSink): void {
    this.#sink = sink;
    this.#try('start', () => this.#conn.start(this), undefined);
  }

  write(bytes: Uint8Array, start: number, end: number, lease?: WriteLease): boolean {
    if (this.#isOver) {
      lease?.release();
      return false;
    }
    // A connection that throws may have released the lease, or may do it later.
    const held = lease === undefined ? undefined : once(lease);
    const isTaken = this.#try('write', () => this.#conn.write(bytes, start, end, held), undefined);
    if (isTaken === undefined) held?.release();
    return isTaken === true;
  }

  pause(): void {
    this.#try('pause', () => this.#conn.pause(), undefined);
  }

  resume(): void {
    this.#try('resume', () => this.#conn.resume(), undefined);
  }

  shutdown(): void {
    this.#try('shutdown', () => this.#conn.shutdown(), undefined);
  }

  close(): void {
    this.#end('close');
  }

  abort(): void {
    this.#end('abort');
  }

  received(...bytes: Parameters<NetSink['received']>): void {
    if (!this.#isOver) this.#sink?.received(...bytes);
  }

  ended(): void {
    if (!this.#isOver) this.#sink?.ended();
  }

  drained(): void {
    if (!this.#isOver) this.#sink?.drained();
  }

  closed(error: Error | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#sink?.closed(error);
  }

  #end(method: 'close' | 'abort'): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#sink = null;
    try {
      this.#conn[method]();
    } catch (cause) {
      this.#onFault(faultOf(method, cause));
    }
  }

  #try<Result>(name: string, call: () => Result, otherwise: Result): Result {
    if (this.#isOver) return otherwise;
    try {
      return call();
    } catch (cause) {
      this.#isOver = true;
      const error = faultOf(name, cause);
      // The caller does not expect other calls meanwhile.
      process.nextTick(() => this.#lose(error));
      return otherwise;
    }
  }

  #lose(error: HioloadError): void {
    this.#onFault(error);
    try {
      this.#conn.abort();
    } catch {
      // The first error says what is wrong with the connection.
    }
    this.#sink?.closed(error);
    this.#sink = null;
  }
}

function once(lease: WriteLease): WriteLease {
  let isHeld = true;
  return {
    release() {
      if (isHeld) lease.release();
      isHeld = false;
    },
  };
}

function faultOf(name: string, cause: unknown): HioloadError {
  return new HioloadError(
    'HIOLOAD_PART_FAILED',
    `${name} of a NetConn must not throw; it threw ${textOfThrown(cause)}`,
    { cause },
  );
}

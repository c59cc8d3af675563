/* A connection of a user's listener, whose faults cost no more than the connection. */
import {
  HioloadError,
  type NetConn,
  type NetSink,
  type ReadLease,
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
    if (this.#isOver) return 0;
    try {
      return this.#conn.bufferedBytes;
    } catch (cause) {
      this.#fail('bufferedBytes', cause);
      return 0;
    }
  }

  start(sink: NetSink): void {
    this.#sink = sink;
    this.#call('start');
  }

  /** The hot path: a write without a lease allocates nothing. */
  write(bytes: Uint8Array, start: number, end: number, lease?: WriteLease): boolean {
    if (this.#isOver) {
      lease?.release();
      return false;
    }
    // A connection that throws may have released the lease, or may do it later.
    const held = lease === undefined ? undefined : once(lease);
    try {
      return this.#conn.write(bytes, start, end, held);
    } catch (cause) {
      held?.release();
      this.#fail('write', cause);
      return false;
    }
  }

  pause(): void {
    this.#call('pause');
  }

  resume(): void {
    this.#call('resume');
  }

  shutdown(): void {
    this.#call('shutdown');
  }

  close(): void {
    this.#end('close');
  }

  abort(): void {
    this.#end('abort');
  }

  received(bytes: Uint8Array, start: number, end: number, lease?: ReadLease): void {
    if (!this.#isOver) this.#sink?.received(bytes, start, end, lease);
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

  #call(method: 'start' | 'pause' | 'resume' | 'shutdown'): void {
    if (this.#isOver) return;
    try {
      // Only `start` takes the sink.
      this.#conn[method](this);
    } catch (cause) {
      this.#fail(method, cause);
    }
  }

  #fail(name: string, cause: unknown): void {
    this.#isOver = true;
    const error = faultOf(name, cause);
    // The caller does not expect other calls meanwhile.
    process.nextTick(() => this.#lose(error));
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

/* The listening socket of a native app. */
import { lookup } from 'node:dns/promises';
import { createServer, type AddressInfo } from 'node:net';
import { HioloadError, type ListenAddress } from '@hioload/api';
import { assertPort, bindError } from '../shared/bind-error.js';
import type { NativeApp, NativeListenSocket, NativeModule } from './native.js';

const SHARED_PORT = 0;
/** How often a free port may be lost to another process before the app listens on it. */
const FREE_PORT_ATTEMPTS = 8;

/** Listens at one address, once. */
export class ListeningSocket {
  readonly #native: NativeModule;
  readonly #app: NativeApp;
  #state: 'idle' | 'listening' | 'stopped' = 'idle';
  /** The native socket. It must be closed once: the native library crashes on a second close. */
  #socket: NativeListenSocket | null = null;
  #bound: ListenAddress | undefined;

  constructor(native: NativeModule, app: NativeApp) {
    this.#native = native;
    this.#app = app;
  }

  /**
   * Starts to listen. @returns the port
   * @throws HIOLOAD_PORT_IN_USE, HIOLOAD_ADDRESS_UNAVAILABLE, HIOLOAD_OPTION_INVALID, HIOLOAD_STATE
   */
  async listen(address: ListenAddress): Promise<number> {
    const { port, shared } = address;
    assertPort(port);
    this.#assertState('idle');
    this.#state = 'listening';
    try {
      const host = await resolve(address.host);
      // The native library lets nobody join a port that the system chose, so a shared port is
      // chosen before.
      const bound =
        shared && port === 0
          ? await this.#listenOnFreePort(host)
          : this.#tryListen(host, port, shared);
      if (bound === undefined) return await this.#explainFailure(host, port);
      this.#bound = { host, port: bound, shared };
      return bound;
    } catch (error) {
      this.#state = 'stopped';
      throw error;
    }
  }

  /** Closes the socket until `resume`. */
  pause(): void {
    if (this.#state === 'listening') this.#close();
  }

  /** Listens again, at the same address. @returns whether that worked, or is not wanted any more */
  resume(): boolean {
    if (this.#state !== 'listening' || this.#socket !== null) return true;
    const { host, port, shared } = this.#bound!;
    return this.#tryListen(host, port, shared) !== undefined;
  }

  /** Stops accepting. A second call does nothing. */
  stop(): void {
    this.#state = 'stopped';
    this.#close();
  }

  #close(): void {
    const socket = this.#socket;
    this.#socket = null;
    if (socket !== null) this.#native.us_listen_socket_close(socket);
  }

  async #listenOnFreePort(host: string): Promise<number | undefined> {
    for (let attempt = 0; attempt < FREE_PORT_ATTEMPTS; attempt++) {
      const bound = this.#tryListen(host, await bindOnce(host, 0), true);
      if (bound !== undefined) return bound;
    }
    return undefined;
  }

  /** @returns undefined where the system refuses; the native library does not tell the reason */
  #tryListen(host: string, port: number, shared: boolean): number | undefined {
    this.#assertState('listening');
    const options = shared ? SHARED_PORT : this.#native.LIBUS_LISTEN_EXCLUSIVE_PORT;
    let bound: number | undefined;
    this.#app.listen(host, port, options, (socket) => {
      if (socket === false) return;
      this.#socket = socket;
      bound = this.#native.us_socket_local_port(socket);
    });
    return bound;
  }

  /** Binds the same address with a socket of Node, which tells the reason. */
  async #explainFailure(host: string, port: number): Promise<never> {
    await bindOnce(host, port);
    throw new HioloadError(
      'HIOLOAD_ADDRESS_UNAVAILABLE',
      `${host} port ${port}: could not be bound, but now can`,
    );
  }

  #assertState(needed: 'idle' | 'listening'): void {
    if (this.#state === needed) return;
    throw new HioloadError(
      'HIOLOAD_STATE',
      `listen while ${this.#state}: a transport listens once, before it stops`,
    );
  }
}

async function resolve(host: string): Promise<string> {
  try {
    return (await lookup(host)).address;
  } catch (cause) {
    throw new HioloadError(
      'HIOLOAD_ADDRESS_UNAVAILABLE',
      `host ${host}: ${(cause as Error).message}`,
      { cause },
    );
  }
}

/** Binds a port for a moment, shared with nobody. @returns the port @throws the bind error */
function bindOnce(host: string, port: number): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', (cause: NodeJS.ErrnoException) => failed(bindError(host, port, cause)));
    server.listen({ host, port, exclusive: true }, () => {
      const bound = (server.address() as AddressInfo).port;
      server.close(() => done(bound));
    });
  });
}

// A fake network listener for tests: makes connections in memory.
import { HioloadError, type NetAddress, type NetConn, type NetListener } from '@hioload/api';
import { FakeNetConn, type FakeNetOptions } from './net-conn.js';

const FIRST_PORT = 40_000;

/** Listens in memory. Each call of `connect` makes a connection. */
export class FakeNetListener implements NetListener {
  #accept: ((conn: NetConn) => void) | undefined;
  #wasUsed = false;

  async listen(address: NetAddress, accept: (conn: NetConn) => void): Promise<number> {
    if (this.#wasUsed)
      throw new HioloadError('HIOLOAD_STATE', 'listen a second time; allowed once');
    this.#wasUsed = true;
    this.#accept = accept;
    if ('path' in address) return 0;
    return address.port === 0 ? FIRST_PORT : address.port;
  }

  /**
   * Makes a connection and hands its server end to the transport.
   * @returns the client end
   * @throws HIOLOAD_STATE if nobody listens
   */
  connect(options?: FakeNetOptions): FakeNetConn {
    if (this.#accept === undefined)
      throw new HioloadError('HIOLOAD_STATE', 'connect while nobody listens');
    const [server, client] = FakeNetConn.pair(options);
    this.#accept(server);
    return client;
  }

  close(): void {
    this.#accept = undefined;
  }
}

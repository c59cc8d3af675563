// Fake ports for tests: each transport of a test claims one.
import { HioloadError, type ListenAddress } from '@hioload/api';

const FIRST_FREE_PORT = 40_000;

/**
 * The ports of fake transports. Transports with networks of their own never meet. Transports with
 * the same network refuse or share a port, as on one machine.
 */
export class FakeNetwork {
  /** The number of transports that listen on a port, and whether they share it. */
  readonly #listeners = new Map<number, { count: number; readonly shared: boolean }>();

  /**
   * Claims a port; 0 claims a free one.
   * @throws HIOLOAD_OPTION_INVALID outside of 0..65535, HIOLOAD_PORT_IN_USE
   */
  claim({ port, shared }: ListenAddress): number {
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      throw new HioloadError('HIOLOAD_OPTION_INVALID', `port must be from 0 to 65535; got ${port}`);
    }
    const claimed = port === 0 ? this.#freePort() : port;
    const others = this.#listeners.get(claimed);
    if (others === undefined) this.#listeners.set(claimed, { count: 1, shared });
    else if (others.shared && shared) others.count += 1;
    else
      throw new HioloadError(
        'HIOLOAD_PORT_IN_USE',
        `port ${claimed} is in use; choose another port, or 0 for a free one`,
      );
    return claimed;
  }

  /** Releases a port. */
  release(port: number): void {
    const listeners = this.#listeners.get(port);
    if (listeners === undefined) return;
    listeners.count -= 1;
    if (listeners.count === 0) this.#listeners.delete(port);
  }

  #freePort(): number {
    let port = FIRST_FREE_PORT;
    while (this.#listeners.has(port)) port++;
    return port;
  }
}

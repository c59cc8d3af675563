/** Keeps other servers away from the port that the reactors share. */
import { HioloadError } from '@hioload/api';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { findClaim, publishClaim } from './claim-table.js';
import { addressesOf } from './listen-addresses.js';
import { hostError, portError, portInUse } from './port-errors.js';

/** A port that other servers of this framework cannot take until `release`. */
export interface PortClaim {
  /** The numeric address that the reactors listen on. */
  readonly address: string;
  /**
   * Claims the port that the system chose, where port 0 was asked for.
   * @throws HIOLOAD_PORT_IN_USE (as a rejection)
   */
  settle(port: number): Promise<void>;
  /** Gives the port back. A second call does nothing. */
  release(): void;
}

/** How often a bind is tried again: the bind of a second server may have been in its way. */
const SECOND_TRIES = 2;
/** The longest pause before a bind is tried again, in milliseconds. */
const LONGEST_PAUSE_MS = 20;

/**
 * Claims a port on every address of a host before the reactors share it. The reactors listen with
 * SO_REUSEPORT, and a second server of the same user would do so, too: it would start without an
 * error and take a part of the connections. Two steps prevent this. The supervisor binds each
 * address without SO_REUSEPORT: the kernel refuses this while anybody listens on an address that
 * overlaps. While these sockets are bound, no other server gets here, and the supervisor looks for
 * the claims of other servers and publishes its own.
 *
 * A name may have several addresses. The reactors listen on the first that can be bound, and the
 * claim is on all of them. With port 0 the host is checked only.
 *
 * @param option the name of the port in an error, such as `--port`
 * @throws HIOLOAD_PORT_IN_USE, HIOLOAD_ADDRESS_UNAVAILABLE (as a rejection)
 */
export async function claimPort(host: string, port: number, option = 'port'): Promise<PortClaim> {
  const addresses = await addressesOf(host).catch((cause: unknown) => {
    throw hostError(cause, host, option);
  });
  const probes = await bindPatiently(addresses, { host, port, option });
  const [address] = probes.keys() as Iterable<string>;
  const claim = new Claim(address!, [...probes.keys()], host, option);
  try {
    if (port !== 0) await claim.settle(port);
    return claim;
  } finally {
    await Promise.all([...probes.values()].map(close));
  }
}

class Claim implements PortClaim {
  readonly address: string;
  readonly #addresses: readonly string[];
  readonly #host: string;
  readonly #option: string;
  #withdrawals: (() => void)[] = [];

  constructor(address: string, addresses: readonly string[], host: string, option: string) {
    this.address = address;
    this.#addresses = addresses;
    this.#host = host;
    this.#option = option;
  }

  async settle(port: number): Promise<void> {
    try {
      for (const address of this.#addresses) {
        const held = findClaim(address, port);
        if (held !== undefined) throw portInUse(this.#host, port, this.#option, held.pid);
        this.#withdrawals.push(await publishClaim(address, port));
      }
    } catch (error) {
      this.release();
      throw error;
    }
  }

  release(): void {
    for (const withdraw of this.#withdrawals.splice(0)) withdraw();
  }
}

interface Asked {
  readonly host: string;
  readonly port: number;
  readonly option: string;
}

/**
 * Binds the addresses. If two servers bind one address at the same moment, the kernel may refuse
 * both. So a refusal counts only if it comes again.
 */
async function bindPatiently(
  addresses: readonly string[],
  asked: Asked,
): Promise<ReadonlyMap<string, Server>> {
  for (let tries = 0; ; tries++) {
    try {
      return await bindAll(addresses, asked);
    } catch (error) {
      const isTaken = error instanceof HioloadError && error.code === 'HIOLOAD_PORT_IN_USE';
      if (!isTaken || tries === SECOND_TRIES) throw error;
      await delay(Math.random() * LONGEST_PAUSE_MS);
    }
  }
}

/**
 * Binds every address that this machine has.
 * @returns the sockets by their addresses, in the order of the addresses; at least one
 */
async function bindAll(
  addresses: readonly string[],
  { host, port, option }: Asked,
): Promise<ReadonlyMap<string, Server>> {
  const bound = new Map<string, Server>();
  let refusal: HioloadError | undefined;
  for (const address of addresses) {
    try {
      bound.set(address, await bind(address, port));
    } catch (cause) {
      const error = portError(cause, host, port, option);
      refusal ??= error;
      if (error.code === 'HIOLOAD_PORT_IN_USE') {
        await Promise.all([...bound.values()].map(close));
        throw error;
      }
    }
  }
  if (bound.size === 0 && refusal !== undefined) throw refusal;
  return bound;
}

async function bind(host: string, port: number): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.listen({ host, port, exclusive: true });
  await once(server, 'listening');
  return server;
}

function close(server: Server): Promise<unknown> {
  return new Promise((closed) => server.close(closed));
}

/** Keeps other servers away from the port that the reactors share. */
import { HioloadError } from '@hioload/api';
import { once } from 'node:events';
import { createServer, type ListenOptions, type Server } from 'node:net';

/** A port that other servers cannot take until `release`. */
export interface PortClaim {
  release(): void;
}

/**
 * Claims a port before the reactors share it. The reactors listen with SO_REUSEPORT, and a second
 * server would do so, too: it would start without an error and take a part of the connections.
 * Two steps prevent this. On Linux an abstract Unix socket, named after the port, keeps a second
 * server out that starts at the same moment. An exclusive bind then proves that nobody listens. The
 * kernel frees the Unix socket when the process ends in any way.
 *
 * @param option the name of the port in an error, such as `--port`
 * @throws HIOLOAD_PORT_IN_USE, HIOLOAD_ADDRESS_UNAVAILABLE
 */
export async function claimPort(host: string, port: number, option = 'port'): Promise<PortClaim> {
  const lock = await lockPort(host, port, option);
  try {
    await probePort(host, port, option);
  } catch (error) {
    lock.release();
    throw error;
  }
  return lock;
}

/**
 * Binds a port and frees it again. With port 0 it checks the host only.
 * @throws HIOLOAD_PORT_IN_USE, HIOLOAD_ADDRESS_UNAVAILABLE
 */
export async function probePort(host: string, port: number, option = 'port'): Promise<void> {
  const probe = await listen({ host, port, exclusive: true }, `${host}:${port}`, option, port);
  await new Promise((closed) => probe.close(closed));
}

/**
 * Keeps other servers of this framework away from a port. The port itself may be bound already.
 * @throws HIOLOAD_PORT_IN_USE
 */
export async function lockPort(host: string, port: number, option = 'port'): Promise<PortClaim> {
  if (process.platform !== 'linux') return { release: () => undefined };
  const lock = await listen(
    { path: `\0hioload-ws/${host}:${port}` },
    `${host}:${port}`,
    option,
    port,
  );
  lock.unref();
  return { release: () => lock.close() };
}

async function listen(
  where: ListenOptions,
  name: string,
  option: string,
  value: number,
): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.listen(where);
  try {
    await once(server, 'listening');
    return server;
  } catch (cause) {
    throw portError(cause, name, option, value);
  }
}

/** Makes the error for an address that cannot be bound. */
export function portError(
  cause: unknown,
  name: string,
  option: string,
  port: number,
): HioloadError {
  const errno = (cause as NodeJS.ErrnoException).code ?? String(cause);
  if (errno === 'EADDRINUSE') {
    return new HioloadError(
      'HIOLOAD_PORT_IN_USE',
      `${option}: ${port} is in use (${name}); choose a free port, or 0 for any free port`,
      {
        cause,
      },
    );
  }
  return new HioloadError(
    'HIOLOAD_ADDRESS_UNAVAILABLE',
    `${option.replace(/port$/, 'host')} and ${option}: ${name} cannot be bound (${errno}); ` +
      'choose an address of this machine and a port that this user may bind',
    { cause },
  );
}

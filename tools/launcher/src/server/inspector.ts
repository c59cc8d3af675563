/** Opens the inspector of the server process, for `--inspect`. */
import { HioloadError, type Logger } from '@hioload/api';
import { once } from 'node:events';
import * as inspector from 'node:inspector';
import { createServer } from 'node:net';
import { splitAddress } from '../options/inspect-address.js';

/**
 * Opens the inspector of this process. A debugger that attaches to it reaches the thread of each
 * reactor too.
 * @throws HIOLOAD_PORT_IN_USE, HIOLOAD_ADDRESS_UNAVAILABLE (as a rejection)
 */
export async function openInspector(address: string, log: Logger): Promise<void> {
  const { host, port, isLoopback } = splitAddress(address);
  // Node itself prints a failure, and goes on without an inspector.
  await assertFree(host, port);
  inspector.open(port, host);
  const url = inspector.url();
  if (url === undefined) throw inUse(port);
  log.info(`inspector: ${url}; a debugger also sees the thread of each reactor`, { url });
  if (!isLoopback)
    log.warn(`--inspect: whoever reaches ${host} can run code in this server`, { host });
}

async function assertFree(host: string, port: number): Promise<void> {
  const probe = createServer();
  try {
    await once(probe.listen({ host, port }), 'listening');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw inUse(port, cause);
    throw new HioloadError(
      'HIOLOAD_ADDRESS_UNAVAILABLE',
      `inspect must be an address of this machine; got "${host}:${port}" (${code})`,
      { cause },
    );
  }
  probe.close();
  await once(probe, 'close');
}

const inUse = (port: number, cause?: unknown): HioloadError =>
  new HioloadError(
    'HIOLOAD_PORT_IN_USE',
    `inspect: ${port} is in use; another port can be given as --inspect=${port + 1}`,
    { cause },
  );

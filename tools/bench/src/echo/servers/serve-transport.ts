// Serves an echo over one transport alone, without reactor, supervisor and launcher.
import { DEFAULT_LIMITS, LIMIT_TABLE, type Transport, type TransportOptions } from '@hioload/api';
import { AdmissionTable, createThreadPools, MetricsBlock, SharedAdmission } from '@hioload/pool';
import { serveParent } from '../../servers/serve-parent.js';

/**
 * Has a transport echo, without reactor, supervisor and launcher, with the counters and the
 * admission that a reactor has.
 * @param describe names what serves, with its version
 */
export function serveTransport(
  create: (options: TransportOptions) => Promise<Transport>,
  describe: () => Promise<string>,
): void {
  serveParent(async ({ host, maxPayloadBytes, maxBufferedBytes, idleTimeoutSeconds }) => {
    const limits = {
      ...DEFAULT_LIMITS,
      maxPayloadBytes,
      maxBufferedBytes,
      idleTimeoutSeconds,
      // The rate is still counted, but a bench with few connections does not run into it.
      maxMessagesPerSecond: LIMIT_TABLE.maxMessagesPerSecond.max,
    };
    const transport = await create({
      handlers: {
        message: (conn, message) => {
          conn.send(message);
        },
      },
      path: '/',
      protocols: [],
      allowedOrigins: [],
      limits,
      whenBufferFull: 'drop',
      admission: new SharedAdmission(new AdmissionTable(1), 0, limits),
      metrics: MetricsBlock.allocate(),
      pools: createThreadPools(),
      firstConnId: 1,
      onFault: (error) => {
        throw error;
      },
    });
    const port = await transport.listen({ host, port: 0, shared: false });
    return { port, version: await describe() };
  });
}

// Serves an echo over one transport alone, without reactor, supervisor and launcher.
import { DEFAULT_LIMITS, LIMIT_TABLE, type Transport, type TransportOptions } from '@hioload/api';
import { AdmissionTable, createThreadPools, MetricsBlock, SharedAdmission } from '@hioload/pool';
import { serveParent } from '../../servers/serve-parent.js';

/**
 * Serves an echo over a transport, without reactor, supervisor and launcher. The counters and the
 * admission are those of a reactor.
 * @param describe returns name and version of the server
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
      // The server still counts the rate, but a bench with few connections never reaches this
      // limit.
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

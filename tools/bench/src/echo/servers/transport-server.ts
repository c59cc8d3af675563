import { DEFAULT_LIMITS, LIMIT_TABLE } from '@hioload/api';
import { AdmissionTable, MetricsBlock, SharedAdmission } from '@hioload/pool';
import { createUwsTransport, loadUws } from '@hioload/transport/uws';
import { serveParent } from '../../servers/serve.js';

/** Our transport without reactor, supervisor and launcher, with the counters and the admission that a reactor has. */
serveParent(async ({ host, maxPayloadBytes, maxBufferedBytes, idleTimeoutSeconds }) => {
  const limits = {
    ...DEFAULT_LIMITS,
    maxPayloadBytes,
    maxBufferedBytes,
    idleTimeoutSeconds,
    // The rate is still counted, but a bench with few connections does not run into it.
    maxMessagesPerSecond: LIMIT_TABLE.maxMessagesPerSecond.max,
  };
  const transport = await createUwsTransport({
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
    firstConnId: 0,
    onFault: (error) => {
      throw error;
    },
  });
  const uws = await loadUws();
  const version = `transport over ${uws.ok ? uws.description : uws.reason}`;
  return { port: await transport.listen({ host, port: 0, shared: false }), version };
});

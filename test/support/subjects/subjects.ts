// The transports that can run on this Node.
import { HioloadError, type Transport, type TransportOptions } from '@hioload/api';
import { createNetTransport } from '@hioload/transport/net';
import { createUwsTransport } from '@hioload/transport/uws';
import { leaveOut } from '../left-out/index.js';
import { serveRecording, type Subject } from '../servers/index.js';

const KINDS: readonly Omit<Subject, 'exemptions'>[] = [
  { name: 'uws', create: createUwsTransport, takesClock: false },
  { name: 'net', create: createNetTransport, takesClock: true },
  // What it falls back to where Node's handles are not as expected.
  { name: 'net on plain sockets', create: createOnPlainSockets, takesClock: true },
];

/** The transports that this Node can run; of each other one a line says why it is left out. */
export const SUBJECTS: readonly Subject[] = await findSubjects();

async function findSubjects(): Promise<readonly Subject[]> {
  const subjects: Subject[] = [];
  for (const kind of KINDS) {
    try {
      const server = await serveRecording({ ...kind, exemptions: new Set() });
      const { exemptions } = server.transport.features;
      server.close();
      subjects.push({ ...kind, exemptions: new Set(exemptions.map(({ id }) => id)) });
    } catch (error) {
      if (!(error instanceof HioloadError) || error.code !== 'HIOLOAD_TRANSPORT_UNAVAILABLE')
        throw error;
      const [reason = ''] = error.message.split('\n');
      leaveOut({
        what: `the transport ${kind.name}`,
        reason,
        command: 'npm test, on a Node that the transport runs on',
      });
    }
  }
  return subjects;
}

function createOnPlainSockets(options: TransportOptions): Promise<Transport> {
  return createNetTransport({ ...options, sockets: 'plain' });
}

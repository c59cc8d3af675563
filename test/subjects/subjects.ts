import { HioloadError } from '@hioload/api';
import { createNetTransport } from '@hioload/transport/net';
import { createUwsTransport } from '@hioload/transport/uws';
import { serveRecording } from './recording-server.js';
import type { Subject } from './subject.js';

const KINDS: Readonly<Record<string, Subject['create']>> = { uws: createUwsTransport, net: createNetTransport };

/** The transports that this Node can run; of each other one a line says why it is left out. */
export const SUBJECTS: readonly Subject[] = await findSubjects();

async function findSubjects(): Promise<readonly Subject[]> {
  const subjects: Subject[] = [];
  for (const [name, create] of Object.entries(KINDS)) {
    try {
      const server = await serveRecording({ name, create, exemptions: new Set() });
      const { exemptions } = server.transport.features;
      server.close();
      subjects.push({ name, create, exemptions: new Set(exemptions.map(({ id }) => id)) });
    } catch (error) {
      if (!(error instanceof HioloadError) || error.code !== 'HIOLOAD_TRANSPORT_UNAVAILABLE') throw error;
      console.warn(`SKIPPING transport ${name} on Node ${process.versions.node}: ${error.message}`);
    }
  }
  return subjects;
}

/** A kind that cannot make a transport, and whose thread takes its time to end. */
import type { TransportKind } from '@hioload/api';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const EXIT_MS = 2_000;

const kind: TransportKind = {
  name: 'slow-exit',
  features: { sharesPort: true, exemptions: [] },
  create() {
    process.on('exit', () => {
      writeFileSync(join(process.env['OWN_SOCKETS']!, 'ending'), '');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, EXIT_MS);
    });
    throw new Error('no card in this machine');
  },
};

export default kind;

// Tests of the transports with a Python client.
import { describePeer } from './describe-peer.js';
import { clientPath, reportOf, run } from './run-client.js';

/** The first one may be of a version manager, which knows nothing of Debian's packages. */
const PYTHONS = ['python3', '/usr/bin/python3'];

async function findPython(): Promise<string | undefined> {
  for (const python of PYTHONS) {
    const hasPackage = await run(python, ['-c', 'import websockets']).then(
      () => true,
      () => false,
    );
    if (hasPackage) return python;
  }
  return undefined;
}

const python = await findPython();

describePeer({
  name: 'Python websockets',
  missing:
    python === undefined
      ? {
          reason: 'the package is not installed',
          command: 'apt-get install python3-websockets',
        }
      : undefined,
  run: ({ port }, compresses) =>
    reportOf(python!, [
      clientPath('python_client.py'),
      `ws://127.0.0.1:${port}/`,
      compresses ? 'deflate' : 'plain',
    ]),
});

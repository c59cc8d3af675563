// The first module of a reactor thread. It is plain JavaScript, because Node 20 cannot start a
// worker from TypeScript. If the package runs from source, as in its tests, tsx loads the rest.
import { workerData } from 'node:worker_threads';

const { entry } = workerData;
if (entry.endsWith('.ts')) {
  const [commonJs, esm] = await Promise.all([import('tsx/cjs/api'), import('tsx/esm/api')]);
  commonJs.register();
  esm.register();
}
await import(entry);

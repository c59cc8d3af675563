// The first module of a reactor thread. It is plain JavaScript, because Node 20 cannot start a
// worker from TypeScript. If the package runs from source, as in its tests, tsx loads the rest.
import { workerData } from 'node:worker_threads';

const { entry } = workerData;
if (entry.endsWith('.ts')) {
  const { tsImport } = await import('tsx/esm/api');
  await tsImport(entry, import.meta.url);
} else {
  await import(entry);
}

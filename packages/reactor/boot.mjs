// Entry of a reactor thread. Plain JavaScript, because Node 20 starts no worker from TypeScript:
// where the package runs from source, in its tests, tsx loads the rest.
import { workerData } from 'node:worker_threads';

const { entry } = workerData;
if (entry.endsWith('.ts')) {
  const { tsImport } = await import('tsx/esm/api');
  await tsImport(entry, import.meta.url);
} else {
  await import(entry);
}

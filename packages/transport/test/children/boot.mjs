// Runs a TypeScript file from source, in a process or a worker: `--import tsx` does not reach
// workers on Node 20.
import { tsImport } from 'tsx/esm/api';

const [, , script = ''] = process.argv;
await tsImport(script, import.meta.url);

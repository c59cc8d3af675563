// Entry of a scheduled thread: Node 20 starts no worker from TypeScript.
import { tsImport } from 'tsx/esm/api';

await tsImport('./thread.ts', import.meta.url);

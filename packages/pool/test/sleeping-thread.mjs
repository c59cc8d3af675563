// Sleeps once at a doorbell, and says how that ended.
import { parentPort, workerData } from 'node:worker_threads';
import { tsImport } from 'tsx/esm/api';

const { Doorbells } = await tsImport('../src/index.ts', import.meta.url);
const sleeper = Doorbells.attach(workerData).sleeper(0);
parentPort?.postMessage('ready');
parentPort?.postMessage(sleeper.sleep(() => false));

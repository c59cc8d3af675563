// The second thread of the litmus tests.
import { parentPort, workerData } from 'node:worker_threads';
import { ACTORS, play } from './actors.js';
import { meet } from './meet.js';
import { CELLS, type LitmusName } from './outcomes.js';

const { buffer, name, rounds } = workerData as {
  readonly buffer: SharedArrayBuffer;
  readonly name: LitmusName;
  readonly rounds: number;
};
const words = new Int32Array(buffer);
const [, second] = ACTORS[name];
parentPort?.postMessage('ready');
for (let round = 0; round < rounds; round++) {
  meet(words, 2 * round);
  play(words, second, CELLS);
  meet(words, 2 * round + 1);
}

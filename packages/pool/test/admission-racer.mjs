// A thread that admits and releases without a pause, and counts with a word of its own how many are
// held at once: the word is raised after an admission and lowered before the release, so that it
// never shows more than there are.
import { parentPort, workerData } from 'node:worker_threads';
import { tsImport } from 'tsx/esm/api';

const { AdmissionTable, SharedAdmission } = await tsImport('../src/index.ts', import.meta.url);
const { buffer, row, limit, heldBuffer, rounds } = workerData;
const admission = new SharedAdmission(new AdmissionTable(buffer), row, {
  maxConnections: limit,
  maxConnectionsPerAddress: limit,
  maxUpgradesPerSecond: 0,
  ipv6PrefixBits: 64,
});
const held = new Int32Array(heldBuffer);
// Both racers are ready before either starts.
Atomics.add(held, 1, 1);
Atomics.notify(held, 1);
while (Atomics.load(held, 1) < 2) Atomics.wait(held, 1, 1);

let most = 0;
let admitted = 0;
let mine = 0;
for (let round = 0; round < rounds; round++) {
  if (admission.admit('::1') === 'admitted') {
    admitted++;
    mine++;
    most = Math.max(most, Atomics.add(held, 0, 1) + 1);
  }
  if (mine > 0 && round % 3 === 2) {
    Atomics.sub(held, 0, 1);
    admission.release('::1');
    mine--;
  }
}
for (; mine > 0; mine--) {
  Atomics.sub(held, 0, 1);
  admission.release('::1');
}
parentPort?.postMessage({ most, admitted });

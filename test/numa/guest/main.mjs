// Runs inside the emulated machine with two nodes, CPU 0 on node 0 and CPU 1 on node 1, and finds
// out on which node memory lies.
import { judgeLauncher } from './launcher-scene.mjs';
import { judgeServers } from './server-scene.mjs';
import { judgeThreads } from './thread-scene.mjs';

await judgeThreads();
await judgeServers();
await judgeLauncher();

export { defineApp } from './app/define-app.js';
export {
  describeTopology,
  detectTopology,
  formatCpuList,
  formatTopologyTable,
  placeReactors,
  reportTopology,
  TasksetAffinity,
} from './machine/index.js';
export type {
  DrainTimes,
  MemoryWish,
  PinMode,
  ServerDependencies,
  ServerOptions,
  TransportChoice,
} from './supervisor/options.js';
export { nodesInUse } from './supervisor/nodes-in-use.js';
export { createServer, type DrainOutcome, type Server, type ServerAddress } from './supervisor/server.js';
export type { ServerState } from './supervisor/status.js';

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
export type { BusOptions } from './bus/bus-options.js';
export type {
  DrainTimes,
  LoopMode,
  MemoryWish,
  PinMode,
  ServerDependencies,
  ServerOptions,
  TransportChoice,
} from './supervisor/options.js';
export { nodesInUse } from './supervisor/nodes-in-use.js';
export { createServer, type DrainOutcome, type Server, type ServerAddress } from './supervisor/server.js';
export type { ServerState } from './supervisor/status.js';

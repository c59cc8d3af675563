// What an application is written with, so that one package is enough for it.
export {
  type AppContext,
  type AppDefinition,
  type BufferFullPolicy,
  type Bus,
  type Bytes,
  CloseCode,
  type CompressionOptions,
  type ConnectionHandlers,
  type ConnId,
  ConnState,
  DEFAULT_LIMITS,
  type ErrorCode,
  HioloadError,
  type HookResult,
  type IncomingMessage,
  LIMIT_TABLE,
  type LimitName,
  type Limits,
  type LogFields,
  type Logger,
  type MemoryReport,
  type Page,
  type PublishResult,
  reactorOf,
  type RefusalStatus,
  type Sendable,
  type SendOptions,
  SendStatus,
  type Subscription,
  toConnId,
  type Topic,
  type TopicListener,
  type UpgradeAccept,
  type UpgradeDecision,
  type UpgradeRefuse,
  type UpgradeRequest,
  type WebSocketConn,
} from '@hioload/api';
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
export type { ModulePath } from './parts/module-path.js';
export { defaultAdminPort, SERVER_DEFAULTS } from './server-defaults.js';
export type {
  AdminAddress,
  DrainTimes,
  LoopMode,
  MemoryWish,
  PinMode,
  ServerOptions,
  TransportChoice,
} from './supervisor/server-options.js';
export { type ConsoleLike, type PinoLike, toLogger } from './supervisor/to-logger.js';
export { nodesInUse } from './supervisor/nodes-in-use.js';
export {
  createServer,
  type DrainOutcome,
  type Server,
  type ServerAddress,
} from './supervisor/server.js';
export type { ServerState } from './supervisor/status.js';

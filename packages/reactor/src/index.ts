// The public door of `@hioload/reactor`: all that an application, a program that starts servers, or
// a part of a user imports. Nobody needs a second package.

// The contracts and helpers of an application.
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
// The contracts of the parts that a user may write, and the helpers that such a part calls.
export {
  type Admission,
  AdmissionVerdict,
  type Affinity,
  type BlockStats,
  type BytePool,
  type Cancel,
  type Clock,
  closedMetric,
  CONN_SEQUENCE_BITS,
  type Cpu,
  type DrainOptions,
  type Exemption,
  type Extension,
  type ExtensionAgreement,
  ExtensionOutcome,
  type ExtensionParameters,
  type ExtensionSession,
  type GrowingBytes,
  IdleStep,
  type IdleStrategy,
  isHioloadError,
  type Lease,
  type ListenAddress,
  Metric,
  type Metrics,
  type NetAddress,
  type NetConn,
  type NetListener,
  type NetSink,
  type NumaNode,
  type ObjectPool,
  publishResult,
  type Reactor,
  type ReactorFactory,
  type ReactorParts,
  ReactorState,
  type ReadLease,
  type ThreadPools,
  type Topology,
  type Transport,
  type TransportFeatures,
  type TransportKind,
  type TransportOptions,
  type Uplink,
  type WriteLease,
} from '@hioload/api';
// The kinds that come along. The kind `uws` loads its native module when it makes a transport.
export {
  createNetKind,
  isHostAllowed,
  isOriginAllowed,
  isPathServed,
  netKind,
  type NetKindOptions,
  type NetReactor,
} from '@hioload/transport/net';
export { uwsKind } from '@hioload/transport/uws';
export { defineApp } from './app/define-app.js';
export {
  describeTopology,
  detectTopology,
  formatCpuList,
  formatTopologyTable,
  openFilesLimitOf,
  openFilesNeed,
  placeReactors,
  reportTopology,
  machineAffinity,
  TasksetAffinity,
} from './machine/index.js';
export type { BusOptions } from './bus/bus-options.js';
export type { ModulePath } from './parts/module-path.js';
export { loadTransportKind } from './parts/serving-transport.js';
export { defaultAdminPort, SERVER_DEFAULTS, STALL_EXIT_CODE } from './server-defaults.js';
export type {
  AdminAddress,
  DrainTimes,
  LoopMode,
  MemoryWish,
  PinMode,
  ServerOptions,
  StallAction,
  TransportChoice,
} from './supervisor/server-options.js';
export { type ConsoleLike, type PinoLike, toLogger } from './supervisor/to-logger.js';
export { nodesInUse } from './supervisor/nodes-in-use.js';
export type { DrainOutcome, DrainWish, Server, ServerAddress } from './supervisor/server.js';
export type { ServerState } from './supervisor/status.js';
export { createServer } from './supervisor/supervisor.js';

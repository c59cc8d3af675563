/** The public door of the package: every contract, table and helper of `@hioload/api`. */
export { assertFunction } from './callback.js';
export { type Admission, AdmissionVerdict } from './admission.js';
export type { Affinity } from './affinity.js';
export type { AppContext, AppDefinition } from './app.js';
export type { Batch, BatchSource } from './batch.js';
export type { Bus, Subscription, TopicListener } from './bus.js';
export type { Bytes, Sendable } from './bytes.js';
export { type Cancel, type Clock, keepAliveClock, systemClock } from './clock.js';
export {
  CLOSE_CODE_TABLE,
  CloseCode,
  type CloseCodeDefinition,
  MAX_CLOSE_REASON_BYTES,
  MAX_CONTROL_PAYLOAD_BYTES,
} from './close-codes.js';
export { assertSendableClose, isCloseCode } from './close-rules.js';
export type { CompressionOptions } from './compression.js';
export { toConnId } from './conn-id.js';
export {
  type ConnId,
  ConnState,
  type SendOptions,
  SendStatus,
  type Topic,
  type WebSocketConn,
} from './connection.js';
export {
  ERROR_TABLE,
  type ErrorCode,
  type ErrorDefinition,
  HioloadError,
  isHioloadError,
} from './errors.js';
export {
  type Extension,
  type ExtensionAgreement,
  ExtensionOutcome,
  type ExtensionParameters,
  type ExtensionSession,
  type GrowingBytes,
} from './extension.js';
export type { ConnectionHandlers, HookResult } from './handlers.js';
export { addField, SINGLE_FIELDS } from './header-fields.js';
export { type Host, isHostAllowed, isHostEntry, parseHost } from './host.js';
export { type IdleName, IdleStep, type IdleStrategy } from './idle.js';
export { isOriginAllowed, isOriginEntry } from './origin.js';
export { addressKey } from './address-key.js';
export { parseIpv6 } from './ip-address.js';
export type { InterestReader, InterestWriter, TopicHash } from './interest.js';
export {
  type BufferFullPolicy,
  DEFAULT_LIMITS,
  LIMIT_TABLE,
  type LimitDefinition,
  type LimitName,
  type Limits,
} from './limits.js';
export type { LogFields, Logger } from './logger.js';
export type { IncomingMessage } from './message.js';
export {
  closedMetric,
  Histogram,
  type HistogramDefinition,
  HISTOGRAMS,
  Metric,
  METRIC_SERIES,
  type Metrics,
  PUBLISHES_PER_SAMPLE,
  type SeriesDefinition,
} from './metrics.js';
export type {
  NetAddress,
  NetConn,
  NetListener,
  NetSink,
  ReadLease,
  WriteLease,
} from './net-conn.js';
export { ownText } from './own-text.js';
export type { Page } from './page.js';
export type { MemoryReport, NumaPool, NumaPoolManager, NumaPoolReport, PoolHome } from './numa.js';
export type { CpuGrouping, Placement, ReactorPlace } from './placement.js';
export type {
  BlockStats,
  BytePool,
  Lease,
  ObjectPool,
  ObjectPoolStats,
  ThreadPools,
} from './pool.js';
export { type PublishResult, publishResult } from './publish-result.js';
export {
  CONN_SEQUENCE_BITS,
  type DrainOptions,
  type Reactor,
  type ReactorFactory,
  type ReactorParts,
  reactorOf,
  ReactorState,
} from './reactor.js';
export { RING_FULL, type RecordSink, type RingConsumer, type RingProducer } from './ring.js';
export {
  causesOfThrown,
  codeOfThrown,
  ownStackOfThrown,
  ownTextOfThrown,
  stackOfThrown,
  textOfThrown,
} from './thrown.js';
export { follow, isObject, isThenable, silence } from './thenable.js';
export {
  assertSendable,
  binaryOption,
  isUint8Array,
  payloadOf,
  pingPayloadOf,
  viewOfBytes,
} from './sendable.js';
export { suggest, unknownName } from './suggest.js';
export { assertTopic } from './topic.js';
export type { Cpu, NumaNode, Topology } from './topology.js';
export type {
  Exemption,
  ListenAddress,
  Transport,
  TransportFeatures,
  TransportOptions,
} from './transport.js';
export type { TransportKind } from './transport-kind.js';
export type {
  RefusalStatus,
  UpgradeAccept,
  UpgradeDecision,
  UpgradeRefuse,
  UpgradeRequest,
} from './upgrade.js';
export type { Uplink } from './uplink.js';
export type { WebSocketFrame } from './web-socket-frame.js';

// The public door of the fakes: everything that a test of an application may import.
export { FakeAdmission } from './admission.js';
export { FakeAffinity, type Pin } from './affinity.js';
export { FakeBus, FakeBusEnd, type FakeBusEndParts, type FakeBusOptions } from './bus.js';
export { FakeBytePool, type FakeBytePoolOptions } from './byte-pool.js';
export { CapturedMessage } from './captured.js';
export { FakeClock } from './clock.js';
export { FakeConn, type FakeConnOptions } from './conn.js';
export { FakeExtension } from './extension.js';
export { FakeFrame, type FakeFrameFields } from './frame.js';
export type { FakeConnectOptions } from './fake-handshake.js';
export type { HookFault } from './hub.js';
export { FakeIdleStrategy } from './idle.js';
export { FakeLogger, type LogLevel, type LogLine } from './logger.js';
export { type CpuNumbering, fakeMachine, fakeMachines, type MachineSpec } from './machines.js';
export { FakeMessage } from './message.js';
export { FakeMetrics } from './metrics.js';
export { FakeNetConn, type FakeNetOptions } from './net-conn.js';
export { FakeNetListener } from './net-listener.js';
export { FakeNetwork } from './network.js';
export { type FakeNumaPool, FakeNumaPools } from './numa-pools.js';
export { FakeObjectPool } from './object-pool.js';
export { FakeThreadPools } from './thread-pools.js';
export { FakePeer, type FakePeerState, type FakeRefusal } from './peer.js';
export type { FakeAnswer, FakeRequest } from './plain-request.js';
export type { FakeFields } from './rules.js';
export { AppHarness, runApp, type RunAppOptions } from './run-app.js';
export {
  FakeTransport,
  fakeTransportOptions,
  type FakeTransportSurroundings,
} from './transport.js';

/** The entry of a reactor thread: puts a reactor together and obeys the supervisor. */
import {
  DEFAULT_LIMITS,
  HioloadError,
  type Limits,
  type Reactor,
  stackOfThrown,
  textOfThrown,
} from '@hioload/api';
import { AdmissionTable, Heartbeat, MetricsBlock, SharedAdmission } from '@hioload/pool';
import type { MessagePort } from 'node:worker_threads';
import { parentPort, workerData } from 'node:worker_threads';
import { compressionOf } from '../app/app-compression.js';
import { loadApp } from '../app/load-app.js';
import { mustBe } from '../app/refusal-text.js';
import { slabClasses } from '../bus/bus-options.js';
import { ReactorBus } from '../bus/reactor-bus.js';
import { currentThreadId, grantedHeapMb } from '../machine/index.js';
import { readText } from '../machine/kernel-files.js';
import { LogWriter } from '../log/log-ring.js';
import { findIdleStrategy } from '../parts/serving-idle.js';
import { loadReactorFactory } from '../parts/serving-reactor.js';
import {
  createTransport,
  factsOf,
  findServingKind,
  listenError,
} from '../parts/serving-transport.js';
import { ReactorContext } from './app-context.js';
import { FaultLog } from './fault-log.js';
import { watchHeap } from './heap-watch.js';
import { startPulse } from './loop-pulse.js';
import { warnOfNativeHeadLimit } from '../supervisor/native-head-limit.js';
import type { ReactorCommand, ReactorReport, ReactorSeed } from './thread-messages.js';
import { MemoryReturn, ownMemory } from './memory-return.js';
import { warnOfMissingCompression } from './missing-compression.js';
import { warnOfOpenFiles } from './open-files-warning.js';
import { closeParentPort } from './parent-port.js';
import { toPortableError } from './portable-error.js';
import { printIntoLog } from './prints.js';
import { createReactorPools } from './reactor-pools.js';
import { RefusalLog } from './refusal-log.js';
import { shortageLog } from './shortage-log.js';
import { transportReactorFactory } from './transport-reactor.js';
import { createWorkerLog } from './worker-log.js';

/*
 * A reactor thread. `spawn-thread.ts` starts it pinned, so all of its memory lies on its node: its
 * heap, its counters, its slab, and what the transport allocates.
 */

if (parentPort === null)
  throw new HioloadError('HIOLOAD_STATE', 'worker/main: is the entry of a worker thread');
const publicPort = parentPort;
const given = workerData as { readonly seed: ReactorSeed; readonly port: MessagePort };
const { seed, port } = given;
// The application cannot reach what belongs to the framework: the port and the shared memory.
for (const name of Object.keys(given)) Reflect.deleteProperty(given, name);
const report = (message: ReactorReport): void => port.postMessage(message);

/** What the thread drives, once there is something. */
const driven: { proceed?: () => void; obey?: (command: ReactorCommand) => void } = {};
port.on('message', (command: ReactorCommand) => {
  if (command.type === 'proceed') driven.proceed?.();
  else if (driven.obey !== undefined) driven.obey(command);
  // There is nothing to let go of yet: only a reactor that listens is told to drain.
  else process.exit(0);
});
// A module whose top-level await never settles ends the thread, unless something else keeps it.
port.unref();

try {
  await run();
} catch (error) {
  report({ type: 'failed', error: toPortableError(error) });
  process.exit(1);
}

async function run(): Promise<void> {
  const heapMb = grantedHeapMb();
  const metrics = MetricsBlock.allocate();
  const heartbeat = new Heartbeat();
  const log = createWorkerLog(new LogWriter(seed.log), seed.index);
  closeParentPort(publicPort, log);
  if (seed.printsToLog) process.on('exit', printIntoLog(process, log));
  report({
    type: 'born',
    threadId: currentThreadId() ?? 0,
    heapMb,
    metrics: metrics.buffer,
    heartbeat: heartbeat.buffer,
  });
  const faults = new FaultLog(log);
  const refusals = new RefusalLog(log);
  const { owner, region, pools } = createReactorPools(
    seed.home,
    seed.pinned,
    slabClasses(seed.bus.sizes),
  );
  const idle = await findIdleStrategy(seed.loop);
  const bus = new ReactorBus({
    seat: seed.bus,
    slab: owner,
    idle,
    metrics,
    onFault: (error) => faults.note(error),
  });
  report({ type: 'joining', slab: region, loop: idle.name });
  const memory = new MemoryReturn(
    metrics,
    ownMemory(() => pools.bytes.trim?.()),
  );
  startPulse(heartbeat, metrics, () => {
    bus.report();
    memory.look();
  });

  const app = await loadApp(seed.module);
  const serving = await findServingKind(seed.transport, app, seed.module);
  const createReactor =
    seed.reactorModule === null
      ? transportReactorFactory((cause) => listenError(serving, cause))
      : await loadReactorFactory(seed.reactorModule);
  port.ref();
  await new Promise<void>((proceed) => {
    driven.proceed = proceed;
    report({ type: 'transport', transport: factsOf(serving) });
  });

  const limits: Limits = { ...DEFAULT_LIMITS, ...app.limits, ...seed.limits };
  const { path = '/' } = app;
  const compression = compressionOf(app);
  const admission = new SharedAdmission(
    new AdmissionTable(seed.admissionTable),
    seed.admissionRow,
    limits,
  );
  const transport = await createTransport(serving, {
    handlers: app,
    path,
    protocols: app.protocols ?? [],
    allowedOrigins: [...(app.allowedOrigins ?? []), ...seed.allowedOrigins],
    allowedHosts: seed.allowedHosts,
    pages: new Map(Object.entries(app.pages ?? {})),
    compression,
    limits,
    whenBufferFull: app.whenBufferFull ?? 'drop',
    admission,
    metrics,
    pools,
    firstConnId: seed.firstConnId,
    uplink: bus.uplink,
    onRefused: (what, value, host) => refusals.note(what, value, host),
    onDescriptorShortage: shortageLog(log, limits.maxConnections),
    onFault: (error) => faults.note(error),
  });
  // Once for the server: all its reactors, and their successors, are alike.
  if (seed.index === 0 && seed.bus.life === 0) {
    warnOfMissingCompression(compression, serving.kind, log);
    warnOfNativeHeadLimit(limits, serving.kind.name, log);
    warnOfOpenFiles(limits, seed.reactors, await readText('/proc/self/limits'), log);
  }
  // A thread that ends with native handles open takes the process down; this runs for an uncaught
  // error too. It runs before the exit handlers of the application, one of which may throw.
  process.prependListener('exit', () => {
    // The application may have emitted the event itself: a closed reactor must not live on.
    setImmediate(() => process.exit(1));
    try {
      transport.close();
    } finally {
      bus.close();
    }
  });

  await bus.start(transport, limits.maxTopicBytes, serving.kind.name);
  report({ type: 'made' });
  const reactor = await createReactor({
    app,
    context: new ReactorContext(seed.index, seed.reactors, log, bus),
    transport,
    address: { host: seed.host, port: seed.port, shared: serving.kind.features.sharesPort },
  });
  driven.obey = (command) => void obey(reactor, command);
  const listening: unknown = await reactor.start();
  requirePort(listening);
  report({ type: 'ready', port: listening, path });
  watchHeap(heapMb * 1_048_576, (usedBytes) => report({ type: 'heap-pressure', usedBytes }));

  /** Obeys the supervisor. The thread comes to its end whatever the reactor fails with. */
  async function obey(reactor: Reactor, command: ReactorCommand): Promise<void> {
    const failed = (what: string) => (cause: unknown) =>
      log.error(`reactor ${seed.index}: its ${what} failed: ${textOfThrown(cause)}`, {
        stack: stackOfThrown(cause),
      });
    if (command.type === 'drain') {
      admission.close();
      await attempt(() => reactor.drain(command.options)).catch(failed('drain'));
      report({ type: 'drained' });
    } else if (command.type === 'stop') {
      await attempt(() => reactor.stop()).catch(failed('stop'));
      bus.close();
      process.exit(0);
    }
  }
}

/** Calls what may throw at once instead of by its promise. */
async function attempt(work: () => Promise<void>): Promise<void> {
  await work();
}

/** Refuses the port of a reactor or a transport of a user. @throws HIOLOAD_PART_INVALID */
function requirePort(port: unknown): asserts port is number {
  if (Number.isInteger(port) && (port as number) >= 0 && (port as number) <= 65_535) return;
  const what =
    'the port that the listen of the transport or the start of the reactor resolves with';
  const problem = mustBe(what, 'a whole number from 0 to 65535', port);
  throw new HioloadError('HIOLOAD_PART_INVALID', problem);
}

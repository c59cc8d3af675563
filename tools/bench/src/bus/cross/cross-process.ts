// The process of one pass between two reactors: a server with two pinned reactors.
import { createServer } from '@hioload/reactor';
import { endWithParent, tellParent } from '../../core/child-side.js';
import { loadBetween, readThreadTimes } from '../../core/thread-time.js';
import { entryFile } from '../../core/paths.js';
import { enlargedMachine } from '../enlarged-machine.js';
import { SILENT_LOG } from '../silent-log.js';
import { joinBroadcast } from './broadcast.js';
import {
  CONTROL_CHANNEL,
  type CrossControl,
  type CrossPlan,
  type CrossReport,
  PLAN_VARIABLE,
} from './cross-messages.js';

/**
 * Runs one pass: a server with two reactors. Each reactor is pinned to a CPU of its own if there
 * are two CPUs.
 */

const REACTORS = 2;
const START_TIMEOUT_MS = 20_000;
const DRAIN_DEADLINE_MS = 1_000;

const { loop } = JSON.parse(process.env[PLAN_VARIABLE]!) as CrossPlan;
const { topology, pin } = await enlargedMachine(REACTORS);
const server = createServer({
  module: entryFile('bus/cross/cross-app'),
  host: '127.0.0.1',
  port: 0,
  admin: null,
  reactors: REACTORS,
  group: 'core',
  pin,
  transport: 'auto',
  limits: {},
  drain: { spreadMs: 0, deadlineMs: DRAIN_DEADLINE_MS },
  loop,
  startTimeoutMs: START_TIMEOUT_MS,
  log: SILENT_LOG,
  topology,
});

endWithParent(async () => {
  await server.drain('the bench is over');
});
const control = joinBroadcast<CrossControl>(CONTROL_CHANNEL, (message) => {
  if (message.kind === 'read' || message.kind === 'go') return;
  const wallNs = (performance.now() - startedAtMs) * 1e6;
  const { waitedShare } = loadBetween(before, readThreadTimes([process.pid]), wallNs);
  tellParent({ ...message, waitedShare } satisfies CrossReport);
});
await server.start();
const before = readThreadTimes([process.pid]);
const startedAtMs = performance.now();
control.postMessage({ kind: 'go' } satisfies CrossControl);

// The thread of a part of the subscribers.
import { Doorbells } from '@hioload/pool';
import { parentPort, workerData } from 'node:worker_threads';
import type { CrowdCommand, CrowdReport, CrowdSeed } from './crowd-messages.js';
import { LocalCrowd } from './local-crowd.js';

/**
 * Plays a part of the subscribers on a thread of its own. This thread rings for the publisher,
 * which runs on the main thread.
 */
const { plan, bells } = workerData as CrowdSeed;
const doorbells = Doorbells.attach(bells);

function tell(report: CrowdReport): void {
  parentPort!.postMessage(report);
}

function tellFault({ message }: Error): void {
  tell({ kind: 'fault', message });
}

const crowd = new LocalCrowd(plan, { advanced: () => doorbells.ring(0), failed: tellFault });

parentPort!.on('message', ({ step, deadlineMs }: CrowdCommand) => {
  crowd[step](deadlineMs).then(() => tell({ kind: 'done' }), tellFault);
});

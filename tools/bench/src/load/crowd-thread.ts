// A crowd of subscribers on a thread of its own, as the publisher sees it.
import { Worker } from 'node:worker_threads';
import { entryFile } from '../core/paths.js';
import type { Crowd } from './crowd.js';
import type { CrowdCommand, CrowdReport, CrowdSeed } from './crowd-messages.js';
import { LoadFault } from './load-fault.js';

/** A crowd on a thread of its own. */
export class CrowdThread implements Crowd {
  readonly #worker: Worker;
  #done: () => void = () => {};

  /** @param failed called with every fault of the thread, at any time */
  constructor(seed: CrowdSeed, failed: (fault: Error) => void) {
    this.#worker = new Worker(entryFile('load/crowd-worker'), { workerData: seed });
    this.#worker.on('message', (report: CrowdReport) => {
      if (report.kind === 'done') this.#done();
      else failed(new LoadFault(report.message));
    });
    this.#worker.on('error', failed);
  }

  connect(deadlineMs: number): Promise<void> {
    return this.#tell({ step: 'connect', deadlineMs });
  }

  settle(deadlineMs: number): Promise<void> {
    return this.#tell({ step: 'settle', deadlineMs });
  }

  close(): void {
    void this.#worker.terminate();
  }

  /** Resolves when the step is done. A failure goes to `failed`, and the promise stays pending. */
  #tell(command: CrowdCommand): Promise<void> {
    return new Promise((resolve) => {
      this.#done = resolve;
      this.#worker.postMessage(command);
    });
  }
}

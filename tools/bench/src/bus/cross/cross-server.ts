import type { Logger, Topology } from '@hioload/api';
import { createServer, type LoopMode } from '@hioload/reactor';
import { entryFile } from '../../core/paths.js';
import { CROSS_RESULT, type CrossResult, type CrossTask, CrossTopic } from './cross-messages.js';

const START_TIMEOUT_MS = 20_000;
const DRAIN_DEADLINE_MS = 2_000;

/** A server of two reactors in this process, which measures between them. */
export interface CrossServer {
  /** @throws Error where the task cannot be handed over, or a message was lost or altered */
  measure(task: CrossTask): Promise<CrossResult>;
  close(): Promise<void>;
}

/** @param cpus of the two reactors, as the machine is taken to have no others */
export async function startCrossServer(
  loop: LoopMode,
  topology: Topology,
  cpus: readonly [number, number],
): Promise<CrossServer> {
  let take: (result: CrossResult) => void = () => undefined;
  const silent = (): void => undefined;
  const log: Logger = {
    debug: silent,
    info: (message, fields) => {
      if (message === CROSS_RESULT) take(fields as CrossResult);
    },
    warn: silent,
    error: silent,
  };
  const options = {
    module: entryFile('bus/cross/cross-app'),
    host: '127.0.0.1',
    port: 0,
    admin: null,
    reactors: 2,
    group: 'core',
    pin: cpus[0] === cpus[1] ? 'off' : 'auto',
    transport: 'auto',
    limits: {},
    loop,
    drain: { spreadMs: 0, deadlineMs: DRAIN_DEADLINE_MS },
    startTimeoutMs: START_TIMEOUT_MS,
  } as const;
  const server = createServer(options, { log, topology: { ...topology, allowedCpus: [...cpus] } });
  await server.start();
  return {
    async measure(task) {
      const result = new Promise<CrossResult>((resolve) => {
        take = resolve;
      });
      const { reactors } = server.publish(CrossTopic.Go, JSON.stringify(task));
      if (reactors !== 1) throw new Error(`the task was handed to ${reactors} reactors, 1 is to have it`);
      const measured = await result;
      if (measured.faults > 0) throw new Error(`${measured.faults} messages were lost, reordered or altered`);
      return measured;
    },
    close: async () => void (await server.drain('the bench is over')),
  };
}

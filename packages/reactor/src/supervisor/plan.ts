import {
  type Affinity,
  HioloadError,
  type Logger,
  type Placement,
  type Topology,
  type TransportFeatures,
} from '@hioload/api';
import { stat } from 'node:fs/promises';
import {
  describeTopology,
  detectTopology,
  formatCpuList,
  placeReactors,
} from '../machine/index.js';
import { heapShareMb } from './heap-share.js';
import type { ServerOptions } from './options.js';
import { decidePinning, type PinDecision } from './pinning.js';
import { chooseTransport, type ChosenTransport } from './transport-choice.js';

/** What a server is going to be on this machine, decided before anything of it starts. */
export interface Plan {
  readonly topology: Topology;
  readonly placement: Placement;
  readonly pinning: PinDecision;
  readonly transport: ChosenTransport;
  readonly heapMb: number;
}

/** Why there cannot be a second reactor beside one of `net`. */
const NO_SHARED_PORT = 'several threads can share one port only on Linux, from Node 22.12 on';
const WHAT_CAN = 'A newer Node or the native transport, uws, can run more reactors';

/**
 * Looks at the machine and decides. @param topology what to take the machine for, in tests
 * @throws HIOLOAD_MODULE_NOT_FOUND, HIOLOAD_OPTION_INVALID, HIOLOAD_PLACEMENT_IMPOSSIBLE,
 * HIOLOAD_AFFINITY_FAILED, HIOLOAD_TRANSPORT_UNAVAILABLE
 */
export async function makePlan(
  options: ServerOptions,
  affinity: Affinity,
  topology?: Topology,
): Promise<Plan> {
  const { module, group, pin, heapMb } = options;
  await requireFile(module);
  const machine = topology ?? (await detectTopology());
  const transport = await chooseTransport(options.transport);
  const reactors = reactorsOn(transport, options.reactors);
  const placement = placeReactors(machine, { group, ...(reactors !== undefined && { reactors }) });
  return {
    topology: machine,
    placement,
    pinning: decidePinning(pin, machine, affinity),
    transport,
    heapMb: heapMb ?? heapShareMb(machine.memoryLimitBytes, placement.places.length),
  };
}

/**
 * How many reactors a transport can have of those asked for: one where it cannot share its port.
 * @param asked undefined where that is left to the machine @returns undefined where it still is
 * @throws HIOLOAD_OPTION_INVALID where more are asked for
 */
export function reactorsOn(
  {
    name,
    features,
  }: { readonly name: string; readonly features: Pick<TransportFeatures, 'sharesPort'> },
  asked: number | undefined,
): number | undefined {
  if (features.sharesPort) return asked;
  if (asked === undefined || asked === 1) return 1;
  throw new HioloadError(
    'HIOLOAD_OPTION_INVALID',
    `reactors must be 1 with the transport ${name}, because ${NO_SHARED_PORT}; got ${asked}. ` +
      WHAT_CAN,
  );
}

/** Says what was decided, a line for each decision. */
export function announcePlan(
  { topology, placement, pinning, transport, heapMb }: Plan,
  log: Logger,
): void {
  log.info(`machine: ${describeTopology(topology)}`);
  for (const note of placement.notes) log.info(`plan: ${note}`);
  for (const { reactor, cpus, node } of placement.places) {
    const where = `CPU ${formatCpuList(cpus)}, node ${node}, heap ${heapMb} MiB`;
    log.info(`plan: reactor ${reactor} -> ${where}`, { reactor, cpus });
  }
  log.info(`pinning: ${pinning.pinned ? 'on' : 'off'}, ${pinning.reason}`);
  const alone = transport.features.sharesPort ? '' : `; one reactor, because ${NO_SHARED_PORT}`;
  log.info(`transport: ${transport.name}, ${transport.reason}${alone}`);
}

async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) {
    throw new HioloadError(
      'HIOLOAD_MODULE_NOT_FOUND',
      `module must be a file that exists; got ${JSON.stringify(path)}`,
    );
  }
}

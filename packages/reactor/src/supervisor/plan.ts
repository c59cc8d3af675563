/** Plans the reactors of a server for a machine, and logs the plan before any reactor starts. */
import { HioloadError, type Logger, type Placement, type Topology } from '@hioload/api';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import {
  describeTopology,
  detectTopology,
  formatCpuList,
  placeReactors,
  v8FlagMb,
} from '../machine/index.js';
import { isTypeScript } from '../parts/load-module.js';
import type { Fallback, TransportFacts, TransportWish } from '../parts/serving-transport.js';
import { hasTranslationCache } from '../parts/translation-cache.js';
import { heapShareMb } from './heap-share.js';
import { decidePinning, type PinDecision } from './pinning.js';
import type { ResolvedServerOptions } from './server-options.js';

/** The plan of a server for a machine. */
export interface Plan {
  readonly topology: Topology;
  readonly placement: Placement;
  readonly pinning: PinDecision;
  /** The transport that the plan is made for. */
  readonly transport: TransportFacts;
  /** The heap of one reactor, in MiB. */
  readonly heapMb: number;
  /** Set if the flag `--max-old-space-size` of V8 overrides the heap that was planned. */
  readonly heapOverride: { readonly plannedMb: number } | undefined;
}

/** The reason why `net` runs one reactor only, on an old Node or outside of Linux. */
const NO_SHARED_PORT = 'several threads can share one port only on Linux, from Node 22.12 on';
const WHAT_CAN = 'A newer Node or the native transport, uws, can run more reactors';

/**
 * Checks that every module that an option names exists.
 * @throws HIOLOAD_MODULE_NOT_FOUND (as a rejection)
 */
export async function requireModules(options: ResolvedServerOptions): Promise<void> {
  const { module, transport, reactorModule, loop } = options;
  await requireFile('module', module);
  if (transport?.type === 'module') await requireFile('transport', transport.file);
  if (reactorModule !== undefined) await requireFile('reactorModule', reactorModule);
  if (loop.type === 'module') await requireFile('loop', loop.file);
}

/**
 * Detects the machine and makes the plan for a transport.
 * @throws HIOLOAD_OPTION_INVALID, HIOLOAD_PLACEMENT_IMPOSSIBLE, HIOLOAD_AFFINITY_FAILED,
 * HIOLOAD_TOPOLOGY_UNREADABLE (as a rejection)
 */
export async function makePlan(
  options: ResolvedServerOptions,
  transport: TransportFacts,
): Promise<Plan> {
  const { group, pin, heapMb, affinity } = options;
  const machine = options.topology ?? (await detectTopology());
  const reactors = reactorsOn(transport, options.reactors);
  const placement = placeReactors(machine, { group, ...(reactors !== undefined && { reactors }) });
  const plannedMb = heapMb ?? heapShareMb(machine.memoryLimitBytes, placement.places.length);
  const heapFlagMb = v8FlagMb('max-old-space-size');
  return {
    topology: machine,
    placement,
    pinning: decidePinning(pin, machine, affinity),
    transport,
    // V8 would let the flag override any other limit.
    heapMb: heapFlagMb ?? plannedMb,
    heapOverride: heapFlagMb === undefined ? undefined : { plannedMb },
  };
}

/**
 * The number of reactors for a transport: one if the transport cannot share its port.
 * @param asked the number that the options ask for; undefined for one reactor per group of CPUs
 * @returns undefined for one reactor per group of CPUs
 * @throws HIOLOAD_OPTION_INVALID if the options ask for more reactors than the transport allows
 */
export function reactorsOn(
  { name, sharesPort }: Pick<TransportFacts, 'name' | 'sharesPort'>,
  asked: number | undefined,
): number | undefined {
  if (sharesPort) return asked;
  if (asked === undefined || asked === 1) return 1;
  throw new HioloadError(
    'HIOLOAD_OPTION_INVALID',
    `reactors must be 1 with the transport ${name}, ${whyAlone(name)}; got ${asked}` +
      whatCan(name),
  );
}

function whyAlone(name: string): string {
  return name === 'net'
    ? `because ${NO_SHARED_PORT}`
    : 'because its reactors cannot listen on one port together';
}

const whatCan = (name: string): string => (name === 'net' ? `. ${WHAT_CAN}` : '');

/**
 * Logs the transport, and why it has one reactor if it cannot have more. A kind of the user that
 * has exemptions gets one more line.
 * @param loss set if the choice fell back to `net` and this costs reactors: the line is a warning
 */
export function announceTransport(transport: TransportFacts, log: Logger, loss?: Fallback): void {
  const { name, reason, sharesPort, isOwn, exemptions } = transport;
  const alone = sharesPort ? '' : `; one reactor, ${whyAlone(name)}`;
  const line = `transport: ${name}, ${reason}${alone}`;
  if (sharesPort || loss === undefined) log.info(line);
  else log.warn(`${line}. ${adviceOn(loss)}`);
  if (!isOwn || exemptions.length === 0) return;
  const ids = exemptions.map(({ id }) => id).join(', ');
  log.info(`transport: ${name} does not keep every rule; its exemptions: ${ids}`, { exemptions });
}

const adviceOn = ({ remedy }: Fallback): string =>
  remedy === undefined ? WHAT_CAN : `To use every core, run ${remedy}`;

/**
 * The fallback of a wish, if it costs reactors: the application serves with the transport of the
 * wish, nobody asked for one reactor, and the process may use several CPUs.
 */
export function lossOf(
  wish: TransportWish,
  told: Pick<TransportFacts, 'reason'>,
  asked: number | undefined,
  cpus: number,
): Fallback | undefined {
  if (wish.type === 'module' || asked !== undefined || cpus < 2) return undefined;
  return told.reason === wish.reason ? wish.fallback : undefined;
}

/** Logs the plan, one line for each decision. */
export function announcePlan(
  { topology, placement, pinning, heapMb, heapOverride }: Plan,
  log: Logger,
): void {
  log.info(`machine: ${describeTopology(topology)}`);
  for (const note of placement.notes) log.info(`plan: ${note}`);
  for (const { reactor, cpus, node } of placement.places) {
    const where = `CPU ${formatCpuList(cpus)}, node ${node}, heap ${heapMb} MiB`;
    log.info(`plan: reactor ${reactor} -> ${where}`, { reactor, cpus });
  }
  if (heapOverride !== undefined) {
    log.warn(
      `plan: --max-old-space-size=${heapMb} of NODE_OPTIONS or the command line overrides the ` +
        `heap of ${heapOverride.plannedMb} MiB of each reactor; remove the flag, ` +
        'and set --heap-mb (heapMb)',
      { heapMb, plannedMb: heapOverride.plannedMb },
    );
  }
  log.info(`pinning: ${pinning.pinned ? 'on' : 'off'} (${pinning.reason})`);
}

/** Logs that TypeScript is translated at every start, where that is so. */
export function announceTranslation(module: string, log: Logger): void {
  if (!isTypeScript(module) || hasTranslationCache()) return;
  log.info(
    'TypeScript: translated anew at each start, because the folder that tsx keeps translated ' +
      `modules in, below ${tmpdir()}, cannot be used by this user`,
  );
}

async function requireFile(option: string, path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() === true) return;
  throw new HioloadError(
    'HIOLOAD_MODULE_NOT_FOUND',
    `${option} must be a file that exists; got ${JSON.stringify(path)}`,
  );
}

// Invented machines for tests of placement, from a laptop to large servers.
import type { Cpu, NumaNode, Topology } from '@hioload/api';

/**
 * How the firmware numbers CPUs. `siblings-last`: first threads of all cores, then second threads
 * (most x86). `siblings-adjacent`: the threads of a core next to each other (virtual machines,
 * POWER). `packages-interleaved`: like `siblings-last`, but in turn from each package, so that
 * neighbours are on different nodes.
 */
export type CpuNumbering = 'siblings-last' | 'siblings-adjacent' | 'packages-interleaved';

/**
 * The parts of an invented machine. Counts are whole numbers of 1 or more unless said otherwise.
 */
export interface MachineSpec {
  /** Default: `invented`. */
  readonly model?: string;
  /** Default: 1. */
  readonly packages?: number;
  /** Default: 1. */
  readonly nodesPerPackage?: number;
  /** Default: 1. */
  readonly llcsPerNode?: number;
  /** Default: 1. */
  readonly coresPerLlc?: number;
  /**
   * Threads of each core, or of each core by its position in the machine, as on hybrid processors.
   * Default: 1.
   */
  readonly threadsPerCore?: number | ((core: number) => number);
  /**
   * Whether the machine tells its caches. If not, each core has a last-level cache of its own.
   * Default: true.
   */
  readonly cachesTold?: boolean;
  /** Default: `siblings-last`. */
  readonly numbering?: CpuNumbering;
  /**
   * CPUs that are offline, which leaves holes in the numbering. At least one CPU must be online.
   * Default: none.
   */
  readonly offlineCpus?: readonly number[];
  /** Nodes that have memory only. Default: 0. */
  readonly memoryOnlyNodes?: number;
  /** Default: 16 GiB. */
  readonly memoryBytesPerNode?: number;
  /** Default: all that are online. */
  readonly allowedCpus?: readonly number[];
  /** Default: none. */
  readonly cpuQuota?: number;
  /** Default: all memory. */
  readonly memoryLimitBytes?: number;
}

const GIB = 2 ** 30;

/** A thread of a core, before CPUs are numbered. */
interface Thread {
  readonly core: number;
  readonly thread: number;
  readonly package: number;
  readonly corePositionInPackage: number;
  readonly node: number;
  readonly llc: number;
}

/**
 * Builds an invented machine. Cores and caches are numbered by their lowest CPU, as the sysfs
 * reader does.
 */
export function fakeMachine(spec: MachineSpec = {}): Topology {
  const offline = new Set(spec.offlineCpus);
  const threads = layOut(spec).sort(byNumbering(spec.numbering ?? 'siblings-last'));
  const online = threads
    .map((thread, id) => ({ ...thread, id }))
    .filter(({ id }) => !offline.has(id));
  const core = numbering();
  const llc = numbering();
  const cpus: Cpu[] = online.map((cpu) => ({
    id: cpu.id,
    core: core(cpu.core),
    package: cpu.package,
    llc: llc(spec.cachesTold === false ? cpu.core : cpu.llc),
    node: cpu.node,
  }));
  const nodes = layOutNodes(spec);
  return {
    source: 'sysfs',
    model: spec.model ?? 'invented',
    cpus,
    nodes,
    allowedCpus: spec.allowedCpus ?? cpus.map(({ id }) => id),
    cpuQuota: spec.cpuQuota ?? null,
    memoryLimitBytes:
      spec.memoryLimitBytes ?? nodes.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
  };
}

function layOut(spec: MachineSpec): Thread[] {
  const {
    packages = 1,
    nodesPerPackage = 1,
    llcsPerNode = 1,
    coresPerLlc = 1,
    threadsPerCore = 1,
  } = spec;
  const coresPerNode = llcsPerNode * coresPerLlc;
  const coresPerPackage = nodesPerPackage * coresPerNode;
  return Array.from({ length: packages * coresPerPackage }, (_, core) => {
    const place = {
      core,
      package: Math.floor(core / coresPerPackage),
      corePositionInPackage: core % coresPerPackage,
      node: Math.floor(core / coresPerNode),
      llc: Math.floor(core / coresPerLlc),
    };
    const length = typeof threadsPerCore === 'number' ? threadsPerCore : threadsPerCore(core);
    return Array.from({ length }, (_, thread) => ({ ...place, thread }));
  }).flat();
}

function byNumbering(scheme: CpuNumbering): (a: Thread, b: Thread) => number {
  switch (scheme) {
    case 'siblings-last':
      return (a, b) => a.thread - b.thread || a.core - b.core;
    case 'siblings-adjacent':
      return (a, b) => a.core - b.core || a.thread - b.thread;
    case 'packages-interleaved':
      return (a, b) =>
        a.thread - b.thread ||
        a.corePositionInPackage - b.corePositionInPackage ||
        a.package - b.package;
  }
}

function layOutNodes(spec: MachineSpec): NumaNode[] {
  const {
    packages = 1,
    nodesPerPackage = 1,
    memoryOnlyNodes = 0,
    memoryBytesPerNode = 16 * GIB,
  } = spec;
  const withCpus = packages * nodesPerPackage;
  const packageOf = (node: number): number =>
    node < withCpus ? Math.floor(node / nodesPerPackage) : -1;
  const distance = (from: number, to: number): number => {
    if (from === to) return 10;
    return packageOf(from) === packageOf(to) && from < withCpus ? 12 : 32;
  };
  const ids = Array.from({ length: withCpus + memoryOnlyNodes }, (_, id) => id);
  return ids.map((id) => ({
    id,
    memoryBytes: memoryBytesPerNode,
    distances: ids.map((to) => distance(id, to)),
  }));
}

/** Numbers things from 0, in the order of their first appearance. */
function numbering(): (thing: number) => number {
  const numbers = new Map<number, number>();
  return (thing) => {
    const number = numbers.get(thing) ?? numbers.size;
    numbers.set(thing, number);
    return number;
  };
}

const smtLaptop: MachineSpec = {
  model: 'laptop, 4 cores with SMT',
  coresPerLlc: 4,
  threadsPerCore: 2,
};

/** Machines of common kinds and of some rare kinds. */
export const fakeMachines = {
  oneCpu: fakeMachine({ model: 'one CPU', memoryBytesPerNode: GIB }),
  /** 4 cores, 8 threads: the siblings of CPU 0..3 are 4..7. */
  smtLaptop: fakeMachine(smtLaptop),
  /**
   * 2 packages with a node each and 4 cores with SMT each; even CPUs are on node 0, odd ones on
   * node 1.
   */
  twoSockets: fakeMachine({
    model: 'two sockets',
    packages: 2,
    coresPerLlc: 4,
    threadsPerCore: 2,
    numbering: 'packages-interleaved',
  }),
  /** 64 cores with SMT: 4 nodes with 2 last-level caches each, 8 cores to a cache. */
  epycNps4: fakeMachine({
    model: 'EPYC, 8 caches, NPS4',
    nodesPerPackage: 4,
    llcsPerNode: 2,
    coresPerLlc: 8,
    threadsPerCore: 2,
    memoryBytesPerNode: 64 * GIB,
  }),
  /** 6 performance cores with SMT (CPUs 0..11) and 8 efficiency cores (12..19). */
  hybrid: fakeMachine({
    model: 'hybrid, 6 P and 8 E cores',
    coresPerLlc: 14,
    threadsPerCore: (core) => (core < 6 ? 2 : 1),
    numbering: 'siblings-adjacent',
  }),
  /** 64 cores without SMT, whose caches are unknown. */
  armServer: fakeMachine({ model: 'ARM server', coresPerLlc: 64, cachesTold: false }),
  /** 2 nodes with 8 cores and 2 nodes with memory only. */
  memoryOnlyNodes: fakeMachine({
    model: 'memory expanders',
    packages: 2,
    coresPerLlc: 8,
    memoryOnlyNodes: 2,
  }),
  /**
   * 8 cores with SMT, numbered 0..15, of which CPUs 1, 4, 5, 9 and 13 are offline: cores 1 and 5
   * are gone, core 4 is half there.
   */
  holes: fakeMachine({
    model: 'holes',
    coresPerLlc: 8,
    threadsPerCore: 2,
    offlineCpus: [1, 4, 5, 9, 13],
  }),
  /** The SMT laptop, of which a container may use CPU 2 only: half a core. */
  halfCore: fakeMachine({ ...smtLaptop, allowedCpus: [2] }),
  /** The SMT laptop with a quota of 1.5 CPUs of time, on all CPUs, and 2 GiB of memory. */
  quota: fakeMachine({ ...smtLaptop, cpuQuota: 1.5, memoryLimitBytes: 2 * GIB }),
  /** 2 packages of 64 cores with SMT, 8 cores to a cache. */
  cpus256: fakeMachine({
    model: '256 CPUs',
    packages: 2,
    llcsPerNode: 8,
    coresPerLlc: 8,
    threadsPerCore: 2,
    memoryBytesPerNode: 256 * GIB,
  }),
} as const satisfies Readonly<Record<string, Topology>>;

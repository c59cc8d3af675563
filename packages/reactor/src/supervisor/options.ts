import type {
  Affinity,
  Clock,
  CpuGrouping,
  IdleName,
  Limits,
  Logger,
  Topology,
} from '@hioload/api';
import type { BusOptions } from '../bus/bus-options.js';

/**
 * Whether reactors are pinned: `auto` pins unless the cgroup grants less time than it shows CPUs;
 * `on` fails where it cannot.
 */
export type PinMode = 'auto' | 'on' | 'off';

/** Which transport serves: `auto` takes `uws` where the native module loads, else `net`. */
export type TransportChoice = 'auto' | 'uws' | 'net';

/**
 * How a reactor waits for messages of the others: `park` sleeps and is woken, `adaptive` looks for
 * more for a while before it sleeps, `spin` never sleeps and takes its whole CPU.
 */
export type LoopMode = IdleName;

/** How the server lets go of its connections when it drains. */
export interface DrainTimes {
  /** Time over which the closes are spread, in milliseconds. */
  readonly spreadMs: number;
  /** Time after which whoever is left is cut, in milliseconds. */
  readonly deadlineMs: number;
}

/**
 * How the process was started for the sake of its memory; whether that came about is looked at when
 * all reactors are ready.
 */
export interface MemoryWish {
  /** Whether shared memory ought to be on huge pages. */
  readonly hugePages: boolean;
  /** Nodes that the kernel was told to take memory from; `null` where it was told nothing. */
  readonly boundTo: readonly number[] | null;
}

/** What a server is asked for. */
export interface ServerOptions {
  /**
   * Absolute path of the application module, TypeScript or JavaScript; evaluated once in every
   * reactor.
   */
  readonly module: string;
  readonly host: string;
  /** 0..65535; 0 takes a free one. */
  readonly port: number;
  /** Where health and metrics are served; `null` for nowhere. Port 0 takes a free one. */
  readonly admin: { readonly host: string; readonly port: number } | null;
  /** How many reactors; by default one per group of CPUs, within the cgroup's quota. */
  readonly reactors?: number;
  readonly group: CpuGrouping;
  readonly pin: PinMode;
  readonly transport: TransportChoice;
  /** Limits that go over those of the application. */
  readonly limits: Partial<Limits>;
  readonly drain: DrainTimes;
  /** Default: `park`. */
  readonly loop?: LoopMode;
  /** Sizes of lanes, batches and slabs; by default as `BusOptions` says. */
  readonly bus?: BusOptions;
  /** Time within which every reactor must be ready, in milliseconds. */
  readonly startTimeoutMs: number;
  /**
   * Heap of one reactor, in MiB; by default its share of the memory that the cgroup or the machine
   * has.
   */
  readonly heapMb?: number;
  /** Default: nothing was done for the sake of memory. */
  readonly memory?: MemoryWish;
}

/** What a server works with; all but the log have defaults, which tests replace. */
export interface ServerDependencies {
  readonly log: Logger;
  readonly clock?: Clock;
  readonly topology?: Topology;
  readonly affinity?: Affinity;
  /** 0 inclusive to 1 exclusive; spreads restarts. */
  readonly random?: () => number;
}

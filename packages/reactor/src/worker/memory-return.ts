/** Gives memory back to the system when a reactor is quiet after a busy time. */
import { Metric, type Metrics } from '@hioload/api';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A collection costs a pause, so it must promise to free at least this many bytes. */
const WORTH_BYTES = 64 * 1_048_576;
/** A collection takes time in proportion to the heap: it must also free this part of the heap. */
const WORTH_PART = 4;
/** Looks without growth after which the reactor counts as quiet. */
const QUIET_LOOKS = 15;

/** The memory of a reactor, as {@link MemoryReturn} sees it. */
export interface ReactorMemory {
  /** Bytes of buffers outside of the heap of JavaScript, garbage included. */
  outsideBytes(): number;
  /** Bytes of the heap of JavaScript that are in use. */
  heapBytes(): number;
  /** Lets go of memory that waits to be used again. */
  trim(): void;
  /** Collects the garbage. */
  collect(): void;
}

/**
 * Watches the memory outside of the heap of JavaScript. V8 collects garbage when somebody asks for
 * memory. A reactor that has become quiet asks for none, so the buffers of its last busy time would
 * stay for hours. What a collection leaves is the base of the next look, so that memory in use does
 * not cause one collection after the other.
 */
export class MemoryReturn {
  readonly #memory: ReactorMemory;
  readonly #metrics: Pick<Metrics, 'add' | 'read'>;
  #baseBytes = Infinity;
  #lastBytes = 0;
  #quietLooks = 0;

  constructor(metrics: Pick<Metrics, 'add' | 'read'>, memory: ReactorMemory = ownMemory()) {
    this.#metrics = metrics;
    this.#memory = memory;
  }

  /** Looks at the memory. Call it several times a second. */
  look(): void {
    const memory = this.#memory;
    const bytes = memory.outsideBytes();
    const unheldBytes = bytes - this.#metrics.read(Metric.HeldBytes);
    this.#baseBytes = Math.min(this.#baseBytes, unheldBytes);
    this.#quietLooks = bytes > this.#lastBytes ? 0 : this.#quietLooks + 1;
    this.#lastBytes = bytes;
    if (this.#quietLooks < QUIET_LOOKS) return;
    const idleBytes = unheldBytes - this.#baseBytes;
    if (idleBytes < Math.max(WORTH_BYTES, memory.heapBytes() / WORTH_PART)) return;
    memory.trim();
    memory.collect();
    const left = memory.outsideBytes();
    this.#metrics.add(Metric.MemoryReturned, Math.max(0, bytes - left));
    this.#lastBytes = left;
    this.#baseBytes = left - this.#metrics.read(Metric.HeldBytes);
    this.#quietLooks = 0;
  }
}

/** The memory of this thread. @param trim lets go of memory that waits to be used again */
export function ownMemory(trim: () => void = () => undefined): ReactorMemory {
  let collect: (() => void) | undefined;
  return {
    outsideBytes: () => getHeapStatistics().external_memory,
    heapBytes: () => getHeapStatistics().used_heap_size,
    trim,
    collect() {
      collect ??= findCollector();
      // The first call finds the garbage, and the second one waits until its memory is free.
      collect();
      collect();
    },
  };
}

/** V8 shows its collector to new contexts while the flag is on. */
function findCollector(): () => void {
  setFlagsFromString('--expose-gc');
  try {
    return runInNewContext('gc') as () => void;
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}

// What a ring holds of the process, noted where another thread can free it.
import type { Libc } from '../libc.js';
import type { Mapping } from '../memory.js';
import { COMPLETION_BYTES } from './abi.js';

/** Where the completions of a ring lie within its queues; offsets in words. */
export interface CompletionPlaces {
  readonly head: number;
  readonly tail: number;
  readonly mask: number;
  readonly first: number;
}

/** What `settle` has freed. */
export interface Settlement {
  readonly sockets: number;
  readonly mappedBytes: number;
}

/*
 * The layout, in numbers of 64 bits, because an address needs more than 32:
 *
 *   0        descriptor of the ring, plus 1; 0 where there is none
 *   1        descriptor of the eventfd, plus 1
 *   2..5     head, tail, mask and first completion, as words of the queues
 *   6        the low word of accepts
 *   7        number of mappings
 *   8..23    address and bytes of each mapping; the first is that of the queues
 *
 * Behind them lies one bit for each descriptor of a socket.
 */
const RING = 0;
const EVENT = 1;
const PLACES = 2;
const ACCEPT = 6;
const MAPPINGS = 7;
const FIRST_MAPPING = 8;
const MAX_MAPPINGS = 8;
const NUMBERS = FIRST_MAPPING + 2 * MAX_MAPPINGS;
const NUMBER_BYTES = Float64Array.BYTES_PER_ELEMENT;
const WORDS_PER_COMPLETION = COMPLETION_BYTES / 4;

/**
 * A thread that ends by force runs no hook, and the kernel frees nothing of it: its sockets stay
 * connected, its listener takes connections that nobody serves, its memory stays mapped. So the
 * owner of a ring notes here what it opens and closes. When the owner has ended, another thread
 * calls {@link settle}. Owner and heir never work at the same time.
 */
export class RingLedger {
  readonly memory: SharedArrayBuffer;
  readonly #numbers: Float64Array;
  readonly #sockets: Int32Array;

  /** @param memory of {@link create}, on another thread */
  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#numbers = new Float64Array(memory, 0, NUMBERS);
    this.#sockets = new Int32Array(memory, NUMBERS * NUMBER_BYTES);
  }

  /** @param descriptors the highest descriptor that the process may have, plus 1 */
  static create(descriptors: number): RingLedger {
    const words = Math.ceil(descriptors / 32);
    return new RingLedger(new SharedArrayBuffer(NUMBERS * NUMBER_BYTES + words * 4));
  }

  /** Notes the ring. @param acceptLow the low word of every accept that the ring is given */
  ring(fd: number, queues: Mapping, places: CompletionPlaces, acceptLow: number): void {
    const numbers = this.#numbers;
    numbers.set([places.head, places.tail, places.mask, places.first, acceptLow], PLACES);
    numbers[MAPPINGS] = 0;
    this.mapping(queues);
    numbers[RING] = fd + 1;
  }

  /** Notes memory that goes with the ring; 8 mappings at most, that of the queues included. */
  mapping({ address, byteLength }: Mapping): void {
    const numbers = this.#numbers;
    const count = numbers[MAPPINGS]!;
    if (count >= MAX_MAPPINGS) throw new RangeError(`a ring has ${MAX_MAPPINGS} mappings at most`);
    numbers[FIRST_MAPPING + 2 * count] = address;
    numbers[FIRST_MAPPING + 2 * count + 1] = byteLength;
    numbers[MAPPINGS] = count + 1;
  }

  /** Notes the eventfd that wakes the owner. */
  event(fd: number): void {
    this.#numbers[EVENT] = fd + 1;
  }

  /** Notes a socket: a listener or a connection. */
  opened(fd: number): void {
    this.#sockets[fd >> 5]! |= 1 << (fd & 31);
  }

  /** Notes that the owner has closed a socket, or is about to. */
  closed(fd: number): void {
    this.#sockets[fd >> 5]! &= ~(1 << (fd & 31));
  }

  /** Forgets everything: the owner has freed it. */
  clear(): void {
    this.#numbers.fill(0);
    this.#sockets.fill(0);
  }

  /**
   * Frees what the owner has left: connections end, the listener closes, memory and ring go. The
   * owner must have ended. A second call frees nothing.
   */
  settle(libc: Libc): Settlement {
    const numbers = this.#numbers;
    this.#noteAccepted(libc);
    let sockets = 0;
    this.#sockets.forEach((bits, at) => {
      for (let bit = 0; bit < 32; bit++) {
        if ((bits & (1 << bit)) === 0) continue;
        libc.close(at * 32 + bit);
        sockets += 1;
      }
    });
    const ring = numbers[RING]! - 1;
    const event = numbers[EVENT]! - 1;
    // Operations of the ring refer to the sockets. They end with the ring, and then the peers see
    // the end of their connections.
    if (ring >= 0) libc.close(ring);
    if (event >= 0) libc.close(event);
    let mappedBytes = 0;
    for (let i = 0; i < numbers[MAPPINGS]!; i++) {
      const address = numbers[FIRST_MAPPING + 2 * i]!;
      const byteLength = numbers[FIRST_MAPPING + 2 * i + 1]!;
      libc.unmap({ address, byteLength });
      mappedBytes += byteLength;
    }
    this.clear();
    return { sockets, mappedBytes };
  }

  /** Notes connections that the kernel has accepted and the owner has not seen. */
  #noteAccepted(libc: Libc): void {
    const numbers = this.#numbers;
    if (numbers[RING] === 0) return;
    const [head = 0, tail = 0, mask = 0, first = 0, acceptLow] = numbers.subarray(
      PLACES,
      ACCEPT + 1,
    );
    const address = numbers[FIRST_MAPPING]!;
    const words = new Int32Array(libc.memoryAt(address, numbers[FIRST_MAPPING + 1]!));
    // Pairs with the kernel's store of the tail.
    const end = Atomics.load(words, tail);
    for (let i = words[head]!; i !== end; i = (i + 1) | 0) {
      const at = first + (i & mask) * WORDS_PER_COMPLETION;
      const result = words[at + 2]!;
      if (words[at] === acceptLow && result >= 0) this.opened(result);
    }
  }
}

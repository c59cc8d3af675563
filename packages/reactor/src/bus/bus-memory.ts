/* The memory that all participants of a bus share. */
import { HioloadError } from '@hioload/api';
import { Doorbells, InterestMap, type Region, RingMesh } from '@hioload/pool';

/** What another thread needs to attach to the memory of a bus. */
export interface BusRegions {
  readonly mesh: Region;
  readonly interest: Region;
  readonly bells: Region;
  readonly roster: SharedArrayBuffer;
  readonly losses: SharedArrayBuffer;
}

/**
 * The memory of a bus. Each reactor has a row for its present life and a row for its successor. The
 * supervisor, which only publishes, has the last row. The supervisor makes the memory and writes
 * only the descriptors: each page comes to lie on the node of the thread that first writes to it.
 */
export class BusMemory {
  readonly mesh: RingMesh;
  readonly interest: InterestMap;
  readonly bells: Doorbells;
  readonly roster: Roster;
  readonly losses: LaneLosses;

  private constructor(
    mesh: RingMesh,
    interest: InterestMap,
    bells: Doorbells,
    roster: Roster,
    losses: LaneLosses,
  ) {
    this.mesh = mesh;
    this.interest = interest;
    this.bells = bells;
    this.roster = roster;
    this.losses = losses;
  }

  /** @param rows of all reactors together @throws HIOLOAD_OPTION_INVALID */
  static create(rows: number, laneBytes: number): BusMemory {
    return new BusMemory(
      makeMesh(rows + 1, laneBytes),
      InterestMap.create({ reactors: rows }),
      Doorbells.create(rows),
      new Roster(rows),
      new LaneLosses(rows + 1),
    );
  }

  /** @throws HIOLOAD_SHARED_LAYOUT */
  static attach({ mesh, interest, bells, roster, losses }: BusRegions): BusMemory {
    const attached = RingMesh.attach(mesh);
    return new BusMemory(
      attached,
      InterestMap.attach(interest),
      Doorbells.attach(bells),
      new Roster(roster),
      new LaneLosses(attached.reactors, losses),
    );
  }

  /** Rows of reactors. */
  get rows(): number {
    return this.roster.rows;
  }

  /** The row of the supervisor. */
  get supervisorRow(): number {
    return this.roster.rows;
  }

  get regions(): BusRegions {
    return {
      mesh: this.mesh.region,
      interest: this.interest.region,
      bells: this.bells.region,
      roster: this.roster.buffer,
      losses: this.losses.buffer,
    };
  }
}

/** @throws HIOLOAD_OPTION_INVALID where the process cannot have that much memory in one piece */
function makeMesh(participants: number, laneBytes: number): RingMesh {
  try {
    return RingMesh.create({ reactors: participants, laneCapacityBytes: laneBytes });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const lanes = participants * (participants - 1);
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      `bus.laneBytes must be small enough for ${lanes} lanes in the memory of this process; ` +
        `got ${laneBytes}. Use shorter lanes or fewer reactors`,
      { cause },
    );
  }
}

const NOBODY = 0;

/**
 * Tells which life of a reactor is on the bus in which row. A reactor enters after it has opened
 * its inbox, so anyone who finds the reactor here may write to it. The supervisor takes a reactor
 * off the roster when the thread is gone.
 */
class Roster {
  readonly buffer: SharedArrayBuffer;
  readonly #lives: Int32Array;

  constructor(rowsOrBuffer: number | SharedArrayBuffer) {
    this.buffer =
      typeof rowsOrBuffer === 'number'
        ? new SharedArrayBuffer(rowsOrBuffer * Int32Array.BYTES_PER_ELEMENT)
        : rowsOrBuffer;
    this.#lives = new Int32Array(this.buffer);
  }

  get rows(): number {
    return this.#lives.length;
  }

  /** @param life 0 or more */
  enter(row: number, life: number): void {
    // Pairs with the load in `isIn`: a thread that sees the life sees the open inbox.
    Atomics.store(this.#lives, row, life + 1);
  }

  leave(row: number): void {
    Atomics.store(this.#lives, row, NOBODY);
  }

  /** Whether this life of a reactor is in that row. */
  isIn(row: number, life: number): boolean {
    return Atomics.load(this.#lives, row) === life + 1;
  }

  /** Whether any reactor is in that row. */
  isTaken(row: number): boolean {
    return Atomics.load(this.#lives, row) !== NOBODY;
  }
}

/**
 * Counts how often the lane from one row to another was full. The row that writes to the lane
 * writes its counters too, and a successor in that row goes on with the same counters. Any thread
 * may read. The accesses to these aligned 64-bit words are plain, as in the metrics block.
 */
class LaneLosses {
  readonly buffer: SharedArrayBuffer;
  readonly #counts: Float64Array;
  readonly #participants: number;

  /** @param participants rows that write; the rows that read are among them */
  constructor(participants: number, buffer?: SharedArrayBuffer) {
    this.#participants = participants;
    this.buffer =
      buffer ?? new SharedArrayBuffer(participants ** 2 * Float64Array.BYTES_PER_ELEMENT);
    this.#counts = new Float64Array(this.buffer);
  }

  add(from: number, to: number): void {
    this.#counts[from * this.#participants + to]! += 1;
  }

  read(from: number, to: number): number {
    return this.#counts[from * this.#participants + to]!;
  }
}

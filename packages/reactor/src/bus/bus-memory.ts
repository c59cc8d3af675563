import { HioloadError } from '@hioload/api';
import { Doorbells, InterestMap, type Region, RingMesh } from '@hioload/pool';
import { LaneLosses } from './lane-losses.js';
import { Roster } from './roster.js';

/** What another thread needs to attach to the memory of a bus. */
export interface BusRegions {
  readonly mesh: Region;
  readonly interest: Region;
  readonly bells: Region;
  readonly roster: SharedArrayBuffer;
  readonly losses: SharedArrayBuffer;
}

/**
 * All that the participants of a bus share. Each reactor has a row for its present life and one for
 * its successor, and the supervisor, which only publishes, the row behind them. The supervisor
 * makes it and writes to none of it but the descriptors: the pages come to lie with those who first
 * write to them.
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

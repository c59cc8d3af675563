/** The bus as the supervisor sees it: who takes part, and what it publishes. */
import { HioloadError, type PublishResult, type Sendable, type SendOptions } from '@hioload/api';
import { MetricsBlock, type Region, Slab, type SlabGuest } from '@hioload/pool';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { BusMemory } from '../bus/bus-memory.js';
import {
  assertReactors,
  type BusOptions,
  type BusSizes,
  busSizes,
  slabClasses,
} from '../bus/bus-options.js';
import { discardRecords } from '../bus/inbox.js';
import type { MembershipNotice } from '../bus/membership.js';
import { Outbox, type OwnSlab } from '../bus/outbox.js';
import { type BusSeat, lifeNumber, ROWS_PER_REACTOR } from '../bus/seat.js';
import type { LaneStatus } from './status.js';

/** A reactor that has a seat. */
interface Member {
  readonly slabNumber: number;
  readonly port: MessagePort;
  /** Its slab, once it has told of it. */
  slab: { readonly region: Region; readonly guest: SlabGuest } | undefined;
}

/**
 * The bus as the supervisor sees it: who takes part, what becomes of the lanes of a reactor that
 * has ended, and a publisher of its own.
 */
export class BusMembers {
  /** What the supervisor itself has published. */
  readonly metrics: MetricsBlock = MetricsBlock.allocate();
  readonly #memory: BusMemory;
  readonly #sizes: BusSizes;
  readonly #outbox: Outbox;
  /** By row. */
  readonly #members = new Map<number, Member>();
  /** Rows whose inbox was opened; it stays so. */
  readonly #opened = new Set<number>();
  #slabs = 0;
  #slab: (OwnSlab & { readonly region: Region }) | undefined;

  /** @throws HIOLOAD_OPTION_INVALID */
  constructor(reactors: number, options: BusOptions) {
    assertReactors(reactors);
    const rows = reactors * ROWS_PER_REACTOR;
    this.#sizes = busSizes(options, rows);
    this.#memory = BusMemory.create(rows, this.#sizes.laneBytes);
    this.#outbox = new Outbox({
      memory: this.#memory,
      row: this.#memory.supervisorRow,
      flushRecords: this.#sizes.flushRecords,
      maxPayloadBytes: this.#sizes.maxPayloadBytes,
      metrics: this.metrics,
      slab: () => (this.#slab ??= this.#makeSlab()),
    });
  }

  /** Makes room for a reactor in a row that is free. */
  seat(row: number, life: number): BusSeat {
    const { port1, port2 } = new MessageChannel();
    port1.unref();
    const slabNumber = this.#slabs++;
    this.#members.set(row, { slabNumber, port: port1, slab: undefined });
    const isNew = !this.#opened.has(row);
    return {
      regions: this.#memory.regions,
      sizes: this.#sizes,
      row,
      life: lifeNumber(life),
      isNew,
      slabNumber,
      port: port2,
    };
  }

  /**
   * Makes a reactor, whose inbox is open by now, and its slab known to the others and them to it.
   */
  admit(row: number, region: Region): void {
    const member = this.#members.get(row);
    if (member === undefined)
      throw new HioloadError('HIOLOAD_STATE', `row ${row}: admitted without a seat`);
    this.#opened.add(row);
    member.slab = { region, guest: Slab.attach(region).guest() };
    this.#tellAll({ type: 'slab', number: member.slabNumber, row, slab: region }, member);
    for (const [other, { slabNumber, slab }] of this.#members) {
      if (other !== row && slab !== undefined) {
        tell(member, { type: 'slab', number: slabNumber, row: other, slab: slab.region });
      }
    }
    if (this.#slab !== undefined) tell(member, this.#noticeOf(this.#slab));
    tell(member, { type: 'admitted' });
  }

  /**
   * Clears up after a reactor whose thread has ended: nobody writes to it any more, the ends of its
   * lanes are free, leases that it has not read go home. What is written to it by those that have
   * just found its bit waits for its successor.
   * @returns how many messages it had not read
   */
  leave(row: number): number {
    const member = this.#members.get(row);
    if (member === undefined) return 0;
    this.#members.delete(row);
    member.port.close();
    this.#memory.roster.leave(row);
    if (!this.#opened.has(row)) return 0;
    this.#memory.interest.clear(row);
    const unread = this.#clearLanes(row);
    for (const other of this.#members.keys()) this.#memory.bells.rouse(other);
    if (member.slab !== undefined)
      this.#tellAll({ type: 'ended', number: member.slabNumber, row }, member);
    return unread;
  }

  /** Sends a message to every subscriber of a topic that was checked. */
  publish(topic: string, message: Sendable, options: SendOptions | undefined): PublishResult {
    return this.#outbox.publish(topic, message, options);
  }

  /** The lanes between reactors, and from the supervisor. */
  status(): LaneStatus[] {
    const reactors = this.#memory.rows / ROWS_PER_REACTOR;
    const lanes: LaneStatus[] = [];
    for (let to = 0; to < reactors; to++) {
      for (let from = 0; from < reactors; from++) {
        if (from !== to) lanes.push(this.#laneStatus(String(from), rowsOf(from), to));
      }
      lanes.push(this.#laneStatus('supervisor', [this.#memory.supervisorRow], to));
    }
    return lanes;
  }

  #laneStatus(name: string, from: readonly number[], to: number): LaneStatus {
    const { mesh, losses } = this.#memory;
    let depthBytes = 0;
    let full = 0;
    for (const source of from) {
      for (const target of rowsOf(to)) {
        full += losses.read(source, target);
        if (this.#opened.has(target)) depthBytes += mesh.lane(source, target).depthBytes();
      }
    }
    return { from: name, to: String(to), depthBytes, full };
  }

  #clearLanes(row: number): number {
    const { mesh, supervisorRow } = this.#memory;
    let unread = 0;
    for (let other = 0; other <= supervisorRow; other++) {
      if (other === row) continue;
      const lane = mesh.lane(other, row);
      lane.evictConsumer();
      unread += discardRecords(lane.consumer(), (slab, handle) => this.#release(slab, handle));
      lane.evictConsumer();
      if (this.#opened.has(other)) mesh.lane(row, other).evictProducer();
    }
    return unread;
  }

  /** Gives a block back to a reactor that lives; of one that has ended nobody needs it. */
  #release(slabNumber: number, handle: number): void {
    if (slabNumber === this.#slab?.number) {
      this.#slab.owner.release(handle);
      return;
    }
    for (const member of this.#members.values()) {
      if (member.slabNumber === slabNumber) member.slab?.guest.release(handle);
    }
  }

  #makeSlab(): OwnSlab & { readonly region: Region } {
    const slab = Slab.create(slabClasses(this.#sizes));
    const made = { number: this.#slabs++, owner: slab.owner(), region: slab.region };
    this.#tellAll(this.#noticeOf(made));
    return made;
  }

  #noticeOf({
    number,
    region,
  }: {
    readonly number: number;
    readonly region: Region;
  }): MembershipNotice {
    return { type: 'slab', number, row: this.#memory.supervisorRow, slab: region };
  }

  #tellAll(notice: MembershipNotice, except?: Member): void {
    for (const member of this.#members.values()) if (member !== except) tell(member, notice);
  }
}

function tell({ port }: Member, notice: MembershipNotice): void {
  port.postMessage(notice);
}

function rowsOf(reactor: number): number[] {
  return Array.from({ length: ROWS_PER_REACTOR }, (_, i) => reactor * ROWS_PER_REACTOR + i);
}

import { reactorOf, CONN_SEQUENCE_BITS, type ConnId } from '@hioload/api';
import type { MessagePort } from 'node:worker_threads';
import type { BusRegions } from './bus-memory.js';
import type { BusSizes } from './bus-options.js';

/** Rows that a slot needs: one for its reactor, one for that reactor's replacement. */
export const ROWS_PER_SLOT = 2;

/** Bits of a connection id below those of the reactor's life: connections of one life. */
const LIFE_SEQUENCE_BITS = 32;
/** Lives that can be told apart; the next one has the number of the first again. */
const LIVES = 2 ** (CONN_SEQUENCE_BITS - LIFE_SEQUENCE_BITS);

/** What a reactor is given to take part in the bus. Transferred with its `port`. */
export interface BusSeat {
  readonly regions: BusRegions;
  readonly sizes: BusSizes;
  /** The row that is this reactor's. */
  readonly row: number;
  readonly life: number;
  /** Whether no reactor had the row before, so that its inbox is still to be opened. */
  readonly isNew: boolean;
  /** The number that its slab is to have. */
  readonly slabNumber: number;
  readonly port: MessagePort;
}

/**
 * The id of the first connection in a life of a reactor. None is 0, which an application may well
 * take for no id.
 */
export function firstConnIdOf(reactor: number, life: number): number {
  return reactor * 2 ** CONN_SEQUENCE_BITS + lifeNumber(life) * 2 ** LIFE_SEQUENCE_BITS + 1;
}

/** The life of its reactor that a connection belongs to, as {@link lifeNumber} counts. */
export function lifeOf(id: ConnId): number {
  return Math.floor((id - reactorOf(id) * 2 ** CONN_SEQUENCE_BITS) / 2 ** LIFE_SEQUENCE_BITS);
}

/** A life as connection ids tell it. */
export function lifeNumber(life: number): number {
  return life % LIVES;
}

/* The place of a reactor on the bus, and what a connection id tells about a reactor. */
import { reactorOf, CONN_SEQUENCE_BITS, type ConnId } from '@hioload/api';
import type { MessagePort } from 'node:worker_threads';
import type { BusRegions } from './bus-memory.js';
import type { BusSizes } from './bus-options.js';

/** The rows of a reactor: one for its thread, and one for the thread that replaces it. */
export const ROWS_PER_REACTOR = 2;

/** The bits of a connection id that count the connections of one life of a reactor. */
const LIFE_SEQUENCE_BITS = 32;
/**
 * How many lives a connection id tells apart. The next life has the number of the first one again.
 */
const LIVES = 2 ** (CONN_SEQUENCE_BITS - LIFE_SEQUENCE_BITS);

/** What a reactor needs to take part in the bus. The `port` is transferred with the seat. */
export interface BusSeat {
  readonly regions: BusRegions;
  readonly sizes: BusSizes;
  /** The row of this reactor. */
  readonly row: number;
  readonly life: number;
  /** Whether no reactor had the row before. The reactor then opens the inbox of the row. */
  readonly isNew: boolean;
  /** The number for the slab of the reactor. */
  readonly slabNumber: number;
  readonly port: MessagePort;
}

/**
 * The id of the first connection in a life of a reactor. No id is 0, because an application may
 * take 0 for no id.
 */
export function firstConnIdOf(reactor: number, life: number): number {
  return reactor * 2 ** CONN_SEQUENCE_BITS + lifeNumber(life) * 2 ** LIFE_SEQUENCE_BITS + 1;
}

/** The life of the reactor that a connection belongs to, as {@link lifeNumber} counts lives. */
export function lifeOf(id: ConnId): number {
  return Math.floor((id - reactorOf(id) * 2 ** CONN_SEQUENCE_BITS) / 2 ** LIFE_SEQUENCE_BITS);
}

/** The number of a life in connection ids. */
export function lifeNumber(life: number): number {
  return life % LIVES;
}

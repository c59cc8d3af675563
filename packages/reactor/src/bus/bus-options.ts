/* The sizes of the bus, with their defaults and bounds. */
import { HioloadError } from '@hioload/api';
import type { BlockClass } from '@hioload/pool';
import { mustBe } from '../app/refusal-text.js';
import { SERVER_DEFAULTS } from '../server-defaults.js';

/** The sizes of the memory that a message between reactors passes. */
export interface BusOptions {
  /**
   * Least bytes of a lane, 4 KiB..64 MiB; the lane has the next power of two. Default: 512 KiB, or
   * less where all lanes to one reactor would take more than 16 MiB.
   */
  readonly laneBytes?: number;
  /**
   * After so many records for another reactor, a reactor shows them before its turn ends. 1 or
   * more. Default: 32.
   */
  readonly flushRecords?: number;
  /**
   * Most records that a reactor takes from one lane before it looks at the next lane, 1 or more.
   * Default: 256.
   */
  readonly drainRecords?: number;
  /**
   * The longest payload that reaches other reactors, in bytes. Default: 1 MiB, which is also the
   * default limit for a message of a peer.
   */
  readonly maxPayloadBytes?: number;
  /**
   * Shared memory of a reactor for long payloads on their way, in bytes. A reader holds at most as
   * many blocks of a size as are left, or two. Somewhat more than six times the longest payload
   * gives three blocks of the largest size. Default: 8 MiB.
   */
  readonly slabBytes?: number;
}

const KIB = 1_024;
const MIB = 1_024 * KIB;

/** The memory of all lanes to one reactor. */
const INBOX_BYTES = 16 * MIB;
const MIN_LANE_BYTES = 16 * KIB;
const MAX_LANE_BYTES = 512 * KIB;

/** The sizes of payloads that have blocks of their own, besides the longest payload. */
const BLOCK_SIZES = [4 * KIB, 32 * KIB, 256 * KIB];
/**
 * A block is so much longer than its payload. So a payload can begin at the offset of its source
 * modulo 8.
 */
export const ALIGNMENT_SPARE_BYTES = 8;

/** Most reactors of a bus: each reactor has two rows of the mesh, and the supervisor has one. */
const MAX_REACTORS = 511;

/** The options with every default filled in. */
export type BusSizes = Required<BusOptions>;

/**
 * Refuses more reactors than one bus can join.
 * @throws HIOLOAD_OPTION_INVALID
 */
export function assertReactors(reactors: number): void {
  if (reactors <= MAX_REACTORS) return;
  throw new HioloadError(
    'HIOLOAD_OPTION_INVALID',
    `reactors must be a whole number from 1 to ${MAX_REACTORS}; got ${reactors}`,
  );
}

/**
 * Refuses a limit of topics that lanes could not hold: a message to such a topic would be lost.
 * @throws HIOLOAD_OPTION_INVALID
 */
export function assertTopicsFit(maxTopicBytes: number, laneBytes: number): void {
  // A lane takes any record of up to half its length. A quarter leaves room for a payload beside
  // the topic.
  const most = laneBytes / 4;
  if (maxTopicBytes <= most) return;
  throw new HioloadError(
    'HIOLOAD_OPTION_INVALID',
    `maxTopicBytes must be at most ${most}, a quarter of a lane; got ${maxTopicBytes}. ` +
      'Longer lanes allow longer topics',
  );
}

/**
 * @param producers how many threads write to one reactor
 * @throws HIOLOAD_OPTION_INVALID
 */
export function busSizes(options: BusOptions, producers: number): BusSizes {
  const sizes = {
    laneBytes: laneBytesFor(producers),
    ...SERVER_DEFAULTS.bus,
    ...options,
  };
  const { maxPayloadBytes } = sizes;
  requireInteger('laneBytes', sizes.laneBytes, 4 * KIB, 64 * MIB);
  requireInteger('flushRecords', sizes.flushRecords, 1, 2 ** 20);
  requireInteger('drainRecords', sizes.drainRecords, 1, 2 ** 20);
  requireInteger('maxPayloadBytes', maxPayloadBytes, 1, 2 ** 26 - ALIGNMENT_SPARE_BYTES);
  requireInteger(
    'slabBytes',
    sizes.slabBytes,
    2 * (maxPayloadBytes + ALIGNMENT_SPARE_BYTES),
    2 ** 31 - MIB,
  );
  return { ...sizes, laneBytes: 2 ** Math.ceil(Math.log2(sizes.laneBytes)) };
}

/**
 * The blocks for payloads of up to `maxPayloadBytes`. The longest size has half of the memory; the
 * shorter sizes share the rest in equal parts.
 */
export function slabClasses({ maxPayloadBytes, slabBytes }: BusSizes): BlockClass[] {
  const shorter = BLOCK_SIZES.filter((bytes) => bytes < maxPayloadBytes);
  const share = slabBytes / 2 / Math.max(1, shorter.length);
  const longest = shorter.length === 0 ? slabBytes : slabBytes / 2;
  return [...shorter, maxPayloadBytes].map((payloadBytes) => {
    const blockBytes = payloadBytes + ALIGNMENT_SPARE_BYTES;
    const bytes = payloadBytes === maxPayloadBytes ? longest : share;
    return { blockBytes, blocks: Math.min(4_096, Math.max(1, Math.floor(bytes / blockBytes))) };
  });
}

function laneBytesFor(producers: number): number {
  const fitting = 2 ** Math.floor(Math.log2(INBOX_BYTES / producers));
  return Math.min(MAX_LANE_BYTES, Math.max(MIN_LANE_BYTES, fitting));
}

function requireInteger(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new HioloadError(
    'HIOLOAD_OPTION_INVALID',
    mustBe(`bus.${name}`, `a whole number from ${least} to ${most}`, value),
  );
}

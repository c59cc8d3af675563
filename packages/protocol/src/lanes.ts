// Wider views of memory, so that code can go through bytes eight at a time.
import { RangeViews } from './range-views.js';

/*
 * The same bytes seen as wider numbers, so that masks, copies and scans move 4 or 8 octets a step.
 * Making the views costs some 300 ns; a stream of chunks in one read buffer makes them once.
 */

/** Wider views of the memory under a `Uint8Array`. */
export interface ByteLanes {
  readonly bytes: Uint8Array;
  /** Over the same range as `bytes`: reads and writes at any alignment. */
  readonly view: DataView;
  /**
   * Whole units of 8 octets: octet `at` of `bytes` lies in the unit `(at + skew) >>> 3`, but for
   * the last ones.
   */
  readonly wide: BigInt64Array;
  /**
   * Whole units of 4 octets: octet `at` of `bytes` lies in the unit `(at + skew) >>> 2`, but for
   * the last ones.
   */
  readonly words: Int32Array;
  /** Octets between the first unit and the first octet of `bytes`, 0..7. */
  readonly skew: number;
  readonly ranges: RangeViews;
}

function makeLanes(bytes: Uint8Array): ByteLanes {
  const { buffer, byteOffset, byteLength } = bytes;
  const skew = byteOffset % 8;
  return {
    bytes,
    view: new DataView(buffer, byteOffset, byteLength),
    wide: new BigInt64Array(buffer, byteOffset - skew, (skew + byteLength) >>> 3),
    words: new Int32Array(buffer, byteOffset - skew, (skew + byteLength) >>> 2),
    skew,
    ranges: new RangeViews(bytes),
  };
}

/*
 * Four are kept: what comes in, what goes out, what is being gathered, and one to spare. A lookup
 * is a few comparisons, and no order is kept, whose upkeep would double the cost of a copy. With
 * the one that has none yet, at most five buffers of the thread outlive their use this way.
 */
const NONE = makeLanes(new Uint8Array(0));
let first = NONE;
let second = NONE;
let third = NONE;
let fourth = NONE;
let nextToGo = 0;

/**
 * Length of a chunk, in bytes, from which on the views are worth their making whatever is in it.
 */
const VIEWS_PAY_FROM = 512;

/**
 * Makes the views of a chunk of `length` bytes where that pays, so that {@link hasLanes} is true of
 * it.
 */
export function prepareLanes(bytes: Uint8Array, length: number): void {
  if (length >= VIEWS_PAY_FROM) lanesOf(bytes);
}

/** Whether `lanesOf(bytes)` costs nothing. */
export function hasLanes(bytes: Uint8Array): boolean {
  return (
    first.bytes === bytes ||
    second.bytes === bytes ||
    third.bytes === bytes ||
    fourth.bytes === bytes
  );
}

/** The last two that were asked about and have no views: a copy has a source and a target. */
let candidate: Uint8Array | undefined;
let formerCandidate: Uint8Array | undefined;

/**
 * Whether the views of `bytes` are there, or are worth their making: when memory is used again so
 * soon, there will be a third time.
 */
export function areLanesWorthIt(bytes: Uint8Array): boolean {
  if (hasLanes(bytes) || candidate === bytes || formerCandidate === bytes) return true;
  formerCandidate = candidate;
  candidate = bytes;
  return false;
}

/** The wider views of `bytes`, where they are there or are worth their making. */
export function lanesWorthIt(bytes: Uint8Array): ByteLanes | undefined {
  return areLanesWorthIt(bytes) ? lanesOf(bytes) : undefined;
}

/** The wider views of `bytes`. */
export function lanesOf(bytes: Uint8Array): ByteLanes {
  if (first.bytes === bytes) return first;
  if (second.bytes === bytes) return second;
  if (third.bytes === bytes) return third;
  return fourth.bytes === bytes ? fourth : keepLanes(makeLanes(bytes));
}

function keepLanes(lanes: ByteLanes): ByteLanes {
  if (nextToGo === 0) first = lanes;
  else if (nextToGo === 1) second = lanes;
  else if (nextToGo === 2) third = lanes;
  else fourth = lanes;
  nextToGo = (nextToGo + 1) & 3;
  return lanes;
}

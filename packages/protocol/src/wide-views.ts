// Wider views of a buffer, so that code can go through bytes four or eight at a time.
import { RangeViews } from './range-views.js';

/*
 * The views show the same bytes as wider numbers, so that masks, copies and scans move 4 or 8
 * octets a step. It takes some 300 ns to make them; a stream of chunks in one read buffer makes
 * them once.
 */

/** Wider views of the memory under a `Uint8Array`. */
export interface WideViews {
  readonly bytes: Uint8Array;
  /** Covers the same range as `bytes`, and takes any alignment. */
  readonly view: DataView;
  /**
   * Whole words of 64 bits: octet `at` of `bytes` lies in the word `(at + skew) >>> 3`. The last
   * octets may lie in no whole word.
   */
  readonly wide: BigInt64Array;
  /**
   * Whole words of 32 bits: octet `at` of `bytes` lies in the word `(at + skew) >>> 2`. The last
   * octets may lie in no whole word.
   */
  readonly words: Int32Array;
  /** Octets between the start of the first word and the first octet of `bytes`, 0..7. */
  readonly skew: number;
  readonly ranges: RangeViews;
}

function makeWideViews(bytes: Uint8Array): WideViews {
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
 * The thread keeps the views of four buffers: incoming bytes, outgoing bytes, a message that is
 * being gathered, and one spare. A lookup is a few comparisons. The four have no order, because an
 * order would double the cost of a copy. The four views, and the candidates below, keep a few
 * buffers in memory after their last use.
 */
const NONE = makeWideViews(new Uint8Array(0));
let first = NONE;
let second = NONE;
let third = NONE;
let fourth = NONE;
let nextToGo = 0;

/** The length of a chunk, in bytes, from which new views save more time than they cost. */
const VIEWS_PAY_FROM = 512;

/**
 * Makes the views of a chunk of `length` bytes if that pays; {@link hasWideViews} is true
 * afterwards.
 */
export function prepareWideViews(bytes: Uint8Array, length: number): void {
  if (length >= VIEWS_PAY_FROM) wideViewsOf(bytes);
}

/** Whether the views of `bytes` exist already, so that {@link wideViewsOf} costs nothing. */
export function hasWideViews(bytes: Uint8Array): boolean {
  return (
    first.bytes === bytes ||
    second.bytes === bytes ||
    third.bytes === bytes ||
    fourth.bytes === bytes
  );
}

/**
 * The last two buffers without views that somebody asked about: a copy has a source and a target.
 */
let candidate: Uint8Array | undefined;
let formerCandidate: Uint8Array | undefined;

/**
 * Whether the views of `bytes` exist or are worth making. A buffer that is used twice in a short
 * time is likely to be used a third time.
 */
export function areWideViewsWorthIt(bytes: Uint8Array): boolean {
  if (hasWideViews(bytes) || candidate === bytes || formerCandidate === bytes) return true;
  formerCandidate = candidate;
  candidate = bytes;
  return false;
}

/** The wider views of `bytes`, if they exist or are worth making. */
export function wideViewsWorthIt(bytes: Uint8Array): WideViews | undefined {
  return areWideViewsWorthIt(bytes) ? wideViewsOf(bytes) : undefined;
}

/** The wider views of `bytes`. */
export function wideViewsOf(bytes: Uint8Array): WideViews {
  if (first.bytes === bytes) return first;
  if (second.bytes === bytes) return second;
  if (third.bytes === bytes) return third;
  return fourth.bytes === bytes ? fourth : keepWideViews(makeWideViews(bytes));
}

function keepWideViews(views: WideViews): WideViews {
  if (nextToGo === 0) first = views;
  else if (nextToGo === 1) second = views;
  else if (nextToGo === 2) third = views;
  else fourth = views;
  nextToGo = (nextToGo + 1) & 3;
  return views;
}

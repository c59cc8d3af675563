// Where pages lie, without native code: an address is found in the process's own memory, and the
// pages from there on are mapped to nodes. The counts of /proc/self/numa_maps are by mapping, and
// neighbouring buffers share one.
import { locate } from '@hioload/pool/internal';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

const PAGE_BYTES = 4_096;
const MARK_BYTES = 32;
/**
 * V8 takes memory in chunks of this alignment; a large object has one to itself, and begins behind
 * its header.
 */
const CHUNK_BYTES = 2 ** 18;
const CHUNK_HEADER_BYTES = 2 ** 13;
/** Doubles of a piece of heap that is marked: V8 gives it a mapping of its own. */
const HEAP_DOUBLES = 1_100_000;
/** What is judged of it: 2,048 pages. */
const JUDGED_BYTES = 2 ** 23;
const ENTRY_BYTES = 8;

/** Bytes that are nowhere else, and as doubles ordinary numbers. @returns {Uint8Array} */
export function newMark() {
  const doubles = new Float64Array(MARK_BYTES / 8);
  const random = new Uint32Array(randomBytes(MARK_BYTES).buffer.slice(0));
  for (let i = 0; i < doubles.length; i++) doubles[i] = 1 + (random[i] ?? 0) / 2 ** 32 + i;
  return new Uint8Array(doubles.buffer);
}

/**
 * A piece of heap that begins with a mark: doubles lie side by side there, as they are.
 * @param {Uint8Array} mark @returns {number[]}
 */
export function markedHeap(mark) {
  const doubles = new Float64Array(mark.slice().buffer);
  const heap = Array.from({ length: HEAP_DOUBLES }, () => 0.5);
  for (const [i, double] of doubles.entries()) heap[i] = double;
  return heap;
}

/** By node. @param {import('@hioload/pool').Region} slab @param {number} bytes */
export async function pagesOfSlab(slab, bytes) {
  return pagesFrom(await locate(slab), bytes);
}

/**
 * Of the lanes to a reactor, which lie side by side. @param {import('@hioload/pool').RingMesh} mesh
 * @param {number} reactor
 */
export async function pagesOfInbox(mesh, reactor) {
  const first = mesh.lane(reactor === 0 ? 1 : 0, reactor);
  return pagesFrom(await locate(first.region), (mesh.reactors - 1) * mesh.laneCapacityBytes);
}

/** @param {Uint8Array} mark */
export function pagesOfHeap(mark) {
  const address = addressesOf(mark).find((found) => framesFrom(found, JUDGED_BYTES).length > 0);
  return pagesFrom(address ?? null, JUDGED_BYTES);
}

/** @param {number | null} address @param {number} bytes @returns {number[]} */
function pagesFrom(address, bytes) {
  /** @type {number[]} */
  const pages = [];
  for (const frame of address === null ? [] : framesFrom(address, bytes)) {
    const node = nodeOf(frame);
    pages[node] = (pages[node] ?? 0) + 1;
  }
  return Array.from(pages, (count) => count ?? 0);
}
/** @param {Uint8Array} mark @returns {number[]} */
function addressesOf(mark) {
  const memory = openSync('/proc/self/mem', 'r');
  const beginning = Buffer.alloc(CHUNK_HEADER_BYTES + MARK_BYTES);
  /** @type {number[]} */
  const found = [];
  for (const [from, to] of writableMappings()) {
    for (let at = Math.ceil(from / CHUNK_BYTES) * CHUNK_BYTES; at < to; at += CHUNK_BYTES) {
      const length = readOrZero(memory, beginning, beginning.length, at);
      const offset = beginning.subarray(0, length).indexOf(mark);
      // The mark itself lies in memory too, and so may copies of it; the piece that is looked for
      // is long.
      if (offset >= 0 && to - at - offset >= JUDGED_BYTES) found.push(at + offset);
    }
  }
  closeSync(memory);
  return found;
}

/** Smallest first: what is looked for has a mapping of its own. @returns {[number, number][]} */
function writableMappings() {
  return readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, from, to, rest] =
        /^([0-9a-f]+)-([0-9a-f]+) rw-p \S+ \S+ \d+\s*(.*)$/.exec(line) ?? [];
      if (from === undefined || to === undefined || rest?.startsWith('/')) return [];
      const [first, end] = [Number.parseInt(from, 16), Number.parseInt(to, 16)];
      // Shorter ones cannot hold what is looked for, and there are hundreds.
      return end - first < JUDGED_BYTES ? [] : [/** @type {[number, number]} */ ([first, end])];
    })
    .toSorted(([a, b], [c, d]) => b - a - (d - c));
}

/** @param {number} file @param {Buffer} into @param {number} length @param {number} at */
function readOrZero(file, into, length, at) {
  try {
    return readSync(file, into, 0, length, at);
  } catch {
    return 0;
  }
}

/**
 * Frames of the pages from an address on that are in memory. @param {number} address @param
 * {number} bytes @returns {number[]}
 */
function framesFrom(address, bytes) {
  const file = openSync('/proc/self/pagemap', 'r');
  const entries = Buffer.alloc(Math.floor(bytes / PAGE_BYTES) * ENTRY_BYTES);
  const length = readSync(
    file,
    entries,
    0,
    entries.length,
    Math.floor(address / PAGE_BYTES) * ENTRY_BYTES,
  );
  closeSync(file);
  /** @type {number[]} */
  const frames = [];
  for (let at = 0; at < length; at += ENTRY_BYTES) {
    const entry = entries.readBigUInt64LE(at);
    if (entry >> 63n) frames.push(Number(entry & ((1n << 55n) - 1n)));
  }
  return frames;
}

/** @type {{ node: number, first: number, end: number }[] | undefined} */
let zones;

/** @param {number} frame */
function nodeOf(frame) {
  zones ??= readZones();
  const zone = zones.find(({ first, end }) => frame >= first && frame < end);
  if (zone === undefined) throw new Error(`frame ${frame} is in no zone`);
  return zone.node;
}

function readZones() {
  const text = readFileSync('/proc/zoneinfo', 'utf8');
  return text.split(/^(?=Node )/m).flatMap((zone) => {
    const node = Number(/^Node (\d+)/.exec(zone)?.[1]);
    const spanned = Number(/spanned\s+(\d+)/.exec(zone)?.[1] ?? 0);
    const first = Number(/start_pfn:\s+(\d+)/.exec(zone)?.[1] ?? 0);
    return spanned === 0 ? [] : [{ node, first, end: first + spanned }];
  });
}

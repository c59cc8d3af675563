// DEFLATE by the text of its standard, bit by bit, to tell where a message may end.

/** A whole message. */
export interface PlainMessage {
  readonly content: Buffer;
  /** The octets that the next message may refer to. */
  readonly window: Buffer;
  /** Whether the payload ends with a final block, so that the tail belongs to no block. */
  readonly endsFinal: boolean;
}

const LENGTHS = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
  163, 195, 227, 258,
];
const DISTANCES = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
  3073, 4097, 6145, 8193, 12289, 16385, 24577,
];
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const END_OF_BLOCK = 256;
const MAX_BITS = 15;
const WINDOW_BYTES = 32_768;

/** Says that the octets are not DEFLATE, or end within a block. */
class NotWhole extends Error {}

/** What a receiver puts behind each payload (RFC 7692 section 7.2.2). */
const TAIL = Buffer.of(0, 0, 0xff, 0xff);

class Bits {
  at = 0;
  readonly count: number;
  readonly #payloadBits: number;
  readonly #bytes: Uint8Array;

  constructor(payload: Uint8Array) {
    this.#bytes = Buffer.concat([payload, TAIL]);
    this.#payloadBits = payload.length * 8;
    this.count = this.#bytes.length * 8;
  }

  get isAtPayloadEnd(): boolean {
    return this.at === this.#payloadBits;
  }

  /** Content and final blocks come from the payload alone. */
  requirePayload(): void {
    if (this.at > this.#payloadBits) throw new NotWhole();
  }

  read(count: number): number {
    if (this.at + count > this.count) throw new NotWhole();
    let value = 0;
    for (let i = 0; i < count; i++, this.at++)
      value |= ((this.#bytes[this.at >> 3]! >> (this.at & 7)) & 1) << i;
    return value;
  }

  align(): void {
    this.at = (this.at + 7) & ~7;
  }
}

/** A Huffman code, from the lengths of its words (RFC 1951 section 3.2.2). */
class Code {
  readonly #counts = Array<number>(MAX_BITS + 1).fill(0);
  readonly #symbols: number[] = [];

  /** @param mayBeSingle whether the code may have one word of one bit, or no word */
  constructor(lengths: readonly number[], mayBeSingle: boolean) {
    let free = 1;
    for (let length = 1; length <= MAX_BITS; length++) {
      free *= 2;
      for (const [symbol, of] of lengths.entries()) {
        if (of !== length) continue;
        this.#symbols.push(symbol);
        this.#counts[length]! += 1;
        free -= 1;
      }
    }
    const isSingle = this.#symbols.length <= 1 && this.#counts[1] === this.#symbols.length;
    if (free < 0 || (free > 0 && !(mayBeSingle && isSingle))) throw new NotWhole();
  }

  read(bits: Bits): number {
    let [word, first, index] = [0, 0, 0];
    for (let length = 1; length <= MAX_BITS; length++) {
      word |= bits.read(1);
      const count = this.#counts[length]!;
      if (word - first < count) return this.#symbols[index + word - first]!;
      index += count;
      first = (first + count) << 1;
      word <<= 1;
    }
    throw new NotWhole();
  }
}

const FIXED = new Code(
  Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)),
  false,
);
const FIXED_DISTANCES = new Code(Array<number>(32).fill(5), false);

function readCodes(bits: Bits): readonly [Code, Code] {
  const literals = bits.read(5) + 257;
  const distances = bits.read(5) + 1;
  const codes = bits.read(4) + 4;
  if (literals > 286 || distances > 30) throw new NotWhole();
  const codeLengths = Array<number>(19).fill(0);
  for (let i = 0; i < codes; i++) codeLengths[CODE_ORDER[i]!] = bits.read(3);
  const code = new Code(codeLengths, false);
  const lengths: number[] = [];
  while (lengths.length < literals + distances) {
    const symbol = code.read(bits);
    const last = lengths.at(-1);
    if (symbol === 16 && last === undefined) throw new NotWhole();
    if (symbol < 16) lengths.push(symbol);
    else if (symbol === 16) lengths.push(...Array<number>(3 + bits.read(2)).fill(last!));
    else if (symbol === 17) lengths.push(...Array<number>(3 + bits.read(3)).fill(0));
    else lengths.push(...Array<number>(11 + bits.read(7)).fill(0));
  }
  if (lengths.length > literals + distances || lengths[END_OF_BLOCK] === 0) throw new NotWhole();
  return [new Code(lengths.slice(0, literals), true), new Code(lengths.slice(literals), true)];
}

function readStored(bits: Bits, out: number[]): void {
  bits.align();
  const length = bits.read(16);
  if (bits.read(16) !== (length ^ 0xffff)) throw new NotWhole();
  for (let i = 0; i < length; i++) {
    out.push(bits.read(8));
    bits.requirePayload();
  }
}

function readCoded(bits: Bits, out: number[], literals: Code, distances: Code): void {
  for (;;) {
    const symbol = literals.read(bits);
    if (symbol === END_OF_BLOCK) return;
    bits.requirePayload();
    if (symbol < END_OF_BLOCK) {
      out.push(symbol);
      continue;
    }
    const length = LENGTHS[symbol - 257];
    if (length === undefined) throw new NotWhole();
    const lengthBits = symbol < 265 || symbol === 285 ? 0 : (symbol - 261) >> 2;
    const copied = length + bits.read(lengthBits);
    const by = distances.read(bits);
    const least = DISTANCES[by];
    if (least === undefined) throw new NotWhole();
    const distance = least + bits.read(by < 4 ? 0 : (by - 2) >> 1);
    if (distance > out.length) throw new NotWhole();
    bits.requirePayload();
    for (let i = 0; i < copied; i++) out.push(out[out.length - distance]!);
  }
}

/** Reads one block into `out`. @returns whether it was a final one */
function readBlock(bits: Bits, out: number[]): boolean {
  const isFinal = bits.read(1) === 1;
  const type = bits.read(2);
  if (type === 3) throw new NotWhole();
  if (type === 0) readStored(bits, out);
  else if (type === 1) readCoded(bits, out, FIXED, FIXED_DISTANCES);
  else readCoded(bits, out, ...readCodes(bits));
  return isFinal;
}

/**
 * Reads the payload of a message with the octets 00 00 ff ff behind it (RFC 7692 section 7.2.2). A
 * payload without octets is an empty message. A payload may also end with a final block, behind
 * which nothing may refer back.
 * @returns undefined where that is not DEFLATE, does not end where a block ends, or has content out
 * of the four octets
 */
export function inflatePlainly(
  payload: Uint8Array,
  window: Uint8Array = new Uint8Array(0),
): PlainMessage | undefined {
  const content: number[] = [];
  let out = [...window];
  let known = out.length;
  let endsFinal = false;
  const bits = new Bits(payload);
  try {
    while (payload.length > 0 && bits.at < bits.count) {
      const isFinal = readBlock(bits, out);
      for (; known < out.length; known++) content.push(out[known]!);
      if (!isFinal) continue;
      bits.align();
      bits.requirePayload();
      out = [];
      known = 0;
      endsFinal = bits.isAtPayloadEnd;
      if (endsFinal) break;
    }
  } catch (error) {
    if (error instanceof NotWhole) return undefined;
    throw error;
  }
  const last = Buffer.from(out.slice(-WINDOW_BYTES));
  return { content: Buffer.from(content), window: last, endsFinal };
}

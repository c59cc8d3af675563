// Reads the head of an HTTP request or answer from chunks of bytes.
import { addField, HioloadError } from '@hioload/api';
import { isFieldValue, isToken, trimBlanks } from './tokens.js';

/** The state of reading a head. */
export const HeadStatus = {
  /** The end of the head has not arrived yet. */
  Incomplete: 'incomplete',
  Complete: 'complete',
  /** More bytes or more lines than are allowed (431). */
  TooLarge: 'too-large',
  /** Not what HTTP/1.1 looks like (400). */
  Malformed: 'malformed',
} as const;
export type HeadStatus = (typeof HeadStatus)[keyof typeof HeadStatus];

/** The head of an HTTP message (RFC 9112 section 2.1). */
export interface HttpHead {
  /** The request line or status line. */
  readonly startLine: string;
  /** Values by lower-case name; those of repeated fields are joined as `addField` joins them. */
  readonly headers: ReadonlyMap<string, string>;
  /** The name of a field that holds one value and came more than once. */
  readonly repeated: string | undefined;
}

/** What a head may have at most. */
export interface HeadLimits {
  /** Octets, the blank line at the end included. */
  readonly maxBytes: number;
  /** Header lines, the start line not counted. */
  readonly maxLines: number;
}

const CR = 0x0d;
const LF = 0x0a;
const NO_HEAD: HttpHead = { startLine: '', headers: new Map(), repeated: undefined };
/** So many empty lines before the first line are passed over (RFC 9112 section 2.2). */
const MAX_EMPTY_LINES = 16;

/**
 * Reads the head of one HTTP/1.1 message from chunks of any size, in linear time: it looks at each
 * octet once to find the end, and once more to parse the head. A line ends in CR LF and in nothing
 * else. A few empty lines may come before the first line. A field has no blank before its colon and
 * does not continue on the next line. So the reader refuses every head that two readers could
 * understand in two ways.
 */
export class HeadReader {
  readonly #limits: HeadLimits;
  /** What came before this chunk; made only where the head does not come whole. */
  #kept: Buffer | undefined;
  #keptBytes = 0;
  #lines = 0;
  #emptyLines = 0;
  /** Octets of the line at hand, and whether the last one was a CR. */
  #lineBytes = 0;
  #afterCr = false;
  #status: HeadStatus = HeadStatus.Incomplete;
  #head = NO_HEAD;

  constructor(limits: HeadLimits) {
    this.#limits = limits;
  }

  get status(): HeadStatus {
    return this.#status;
  }

  /** The head, once it is complete. @throws HIOLOAD_STATE before */
  get head(): HttpHead {
    if (this.#status === HeadStatus.Complete) return this.#head;
    throw new HioloadError(
      'HIOLOAD_STATE',
      `the head must be complete before it is read; it is ${this.#status}`,
    );
  }

  /**
   * Reads the next part, `bytes[start..end)`.
   * @returns the offset after the last octet that was read; the octets after a complete head do not
   * belong to it
   */
  read(bytes: Uint8Array, start: number, end: number): number {
    if (this.#status !== HeadStatus.Incomplete) return start;
    const stop = Math.min(end, start + this.#limits.maxBytes - this.#keptBytes);
    for (let at = start; at < stop; at++) {
      if (this.#step(bytes[at]!)) {
        if (this.status === HeadStatus.Complete) this.#takeApart(bytes, start, at + 1);
        return at + 1;
      }
    }
    if (stop < end || this.#keptBytes + end - start === this.#limits.maxBytes)
      this.#status = HeadStatus.TooLarge;
    else this.#keep(bytes, start, end);
    return stop;
  }

  /** Looks at one octet. True when that settles the head. */
  #step(octet: number): boolean {
    if (octet === LF) {
      if (!this.#afterCr) return this.#settle(HeadStatus.Malformed);
      this.#afterCr = false;
      if (this.#lineBytes === 0) return this.#endEmptyLine();
      this.#lineBytes = 0;
      this.#lines += 1;
      return this.#lines > this.#limits.maxLines + 1 && this.#settle(HeadStatus.TooLarge);
    }
    if (this.#afterCr) return this.#settle(HeadStatus.Malformed);
    if (octet === CR) this.#afterCr = true;
    else this.#lineBytes += 1;
    return false;
  }

  /** An empty line ends the head; before the first line, some are passed over. */
  #endEmptyLine(): boolean {
    if (this.#lines > 0) return this.#settle(HeadStatus.Complete);
    this.#emptyLines += 1;
    return this.#emptyLines > MAX_EMPTY_LINES && this.#settle(HeadStatus.Malformed);
  }

  #settle(status: HeadStatus): true {
    this.#status = status;
    return true;
  }

  #keep(bytes: Uint8Array, start: number, end: number): void {
    const needed = this.#keptBytes + end - start;
    if (this.#kept === undefined || this.#kept.length < needed) {
      // The buffer has at most twice the received size. It is not from the pool of small buffers in
      // Node, because it would keep a whole block of that pool alive.
      const larger = Buffer.allocUnsafeSlow(
        Math.min(this.#limits.maxBytes, Math.max(256, 2 * needed)),
      );
      this.#kept?.copy(larger, 0, 0, this.#keptBytes);
      this.#kept = larger;
    }
    this.#kept.set(bytes.subarray(start, end), this.#keptBytes);
    this.#keptBytes = needed;
  }

  #takeApart(bytes: Uint8Array, start: number, end: number): void {
    let text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
    if (this.#kept !== undefined) text = this.#kept.toString('latin1', 0, this.#keptBytes) + text;
    this.#kept = undefined;
    const head = parseHead(text, 2 * this.#emptyLines);
    if (head === undefined) this.#status = HeadStatus.Malformed;
    else this.#head = head;
  }
}

/**
 * Parses a head whose lines all end in CR LF and whose last line is empty. Returns undefined if a
 * field is malformed.
 * @param start where the first line begins
 */
function parseHead(text: string, start: number): HttpHead | undefined {
  let from = text.indexOf('\r\n', start);
  const startLine = text.slice(start, from);
  const headers = new Map<string, string>();
  let repeated: string | undefined;
  for (from += 2; from < text.length - 2;) {
    const to = text.indexOf('\r\n', from);
    const line = text.slice(from, to);
    from = to + 2;
    const colon = line.indexOf(':');
    // A token has no blank and is not empty. So a line that continues the line before fails here,
    // and a line without a colon fails too.
    const name = line.slice(0, Math.max(0, colon));
    const value = trimBlanks(line, colon + 1, line.length);
    if (!isToken(name) || !isFieldValue(value)) return undefined;
    const lower = name.toLowerCase();
    if (!addField(headers, lower, value)) repeated ??= lower;
  }
  return { startLine, headers, repeated };
}

/** The contract of an extension of the WebSocket protocol (RFC 6455 section 9). */

/** Bytes in memory that grows as more bytes are appended. */
export interface GrowingBytes {
  /** The memory. `reserve` may replace it by another. */
  readonly bytes: Uint8Array;
  /** The offset at which the written bytes begin. */
  readonly start: number;
  /** The offset at which the written bytes end. The next byte is written here. */
  readonly end: number;
  /** The number of bytes that can be written after `end` without `reserve`. */
  readonly room: number;
  /**
   * Makes room for `extra` bytes after `end`.
   * @param most the number of bytes that there will be at most; no more room than this is taken
   * @returns false if no memory is left
   */
  reserve(extra: number, most: number): boolean;
  /**
   * Moves `end` past `written` bytes that the caller has written after it. A negative number
   * removes bytes from the end.
   */
  advance(written: number): void;
}

/** The outcome of `encode` and `decode` of an extension. */
export const ExtensionOutcome = {
  Done: 'done',
  /** `encode` only: nothing was written, because the message is better sent as it is. */
  Unchanged: 'unchanged',
  /** `decode` only: the data of the peer cannot be decoded (1007). */
  Invalid: 'invalid',
  /** `decode` only: the message would be longer than allowed (1009). */
  TooBig: 'too-big',
  /** No memory is left. */
  OutOfMemory: 'out-of-memory',
} as const;
export type ExtensionOutcome = (typeof ExtensionOutcome)[keyof typeof ExtensionOutcome];

/**
 * An extension on one connection, once both sides have agreed to it (RFC 6455 section 9).
 */
export interface ExtensionSession {
  /**
   * The reserved bits that mark the first frame of a message that the extension has encoded: RSV1
   * is 4, RSV2 is 2, RSV3 is 1.
   */
  readonly reservedBits: number;
  /**
   * Whether the session has lost its memory to others, because it held the memory without finishing
   * a message. The connection then ends with 1013. Default: false.
   */
  readonly isLost?: boolean;
  /**
   * Decodes the payload `bytes[start..end)` of one frame of a marked message, and appends the
   * result to `out`. `out` holds the result of the frames before.
   * @param isLast whether this is the last frame of the message
   * @param maxBytes the number of bytes that `out` may hold
   */
  decode(
    bytes: Uint8Array,
    start: number,
    end: number,
    isLast: boolean,
    out: GrowingBytes,
    maxBytes: number,
  ): ExtensionOutcome;
  /** Encodes the whole message `bytes[start..end)`, and appends the result to `out`. */
  encode(bytes: Uint8Array, start: number, end: number, out: GrowingBytes): ExtensionOutcome;
  /** Ends the session and gives back its borrowed memory. Idempotent. */
  release(): void;
}

/**
 * The parameters of an extension, in the order of the header field. Names are in lower case. Values
 * have no quotes, and may be absent.
 */
export type ExtensionParameters = readonly (readonly [name: string, value: string | undefined])[];

/** The result of a negotiation: the session, and the parameters for the answer of the server. */
export interface ExtensionAgreement {
  readonly session: ExtensionSession;
  readonly parameters: ExtensionParameters;
}

/** An extension of the protocol (RFC 6455 section 9), shared by all connections of a reactor. */
export interface Extension {
  /** The registered name of the extension: a token in lower case. */
  readonly name: string;
  /**
   * For a server: accepts one offer of a client. Undefined declines the offer; the next extension
   * with this name is asked then. What the agreement promises is reserved here, until the session
   * is released.
   * @param peer names who pays for what the session holds; sessions with one name pay together
   */
  accept(offer: ExtensionParameters, peer?: string): ExtensionAgreement | undefined;
  /** For a client: the offers to send, best first; at least one. */
  offers(): readonly ExtensionParameters[];
  /**
   * For a client: takes the answer of the server. Undefined if the answer breaks the rules; the
   * handshake fails then.
   */
  settle(answer: ExtensionParameters): ExtensionSession | undefined;
}

/** Bytes that are written one behind the other into memory that grows as they come. */
export interface GrowingBytes {
  /** The memory; another one after `reserve`. */
  readonly bytes: Uint8Array;
  /** Where what has been written begins. */
  readonly start: number;
  /** Where what has been written ends, and the next octet goes. */
  readonly end: number;
  /** Octets that can be written after `end` as it is. */
  readonly room: number;
  /**
   * Makes room for `extra` octets after `end`.
   * @param most how many octets are ever going to be there, as far as is known: no more room than
   * that is taken
   * @returns false where there is no memory left
   */
  reserve(extra: number, most: number): boolean;
  /**
   * Counts the `written` octets after `end` in, for which there must be room; a negative number
   * takes octets off the end.
   */
  advance(written: number): void;
}

/** How far an extension got with the payload of a frame or a message. */
export const ExtensionOutcome = {
  Done: 'done',
  /** The message is better sent as it is: nothing was written. Of `encode` only. */
  Unchanged: 'unchanged',
  /** The peer sent what cannot be decoded (1007). Of `decode` only. */
  Invalid: 'invalid',
  /** The message would be longer than is allowed (1009). Of `decode` only. */
  TooBig: 'too-big',
  /** There is no memory left. */
  OutOfMemory: 'out-of-memory',
} as const;
export type ExtensionOutcome = (typeof ExtensionOutcome)[keyof typeof ExtensionOutcome];

/**
 * What an extension does on one connection once both sides have agreed to it (RFC 6455 section 9).
 */
export interface ExtensionSession {
  /**
   * Reserved bits that mark the first frame of a message that it has changed: RSV1 is 4, RSV2 is 2,
   * RSV3 is 1.
   */
  readonly reservedBits: number;
  /**
   * Turns the payload of one frame of a marked message back, appended to `out`, which holds what
   * came of the frames before.
   * @param isLast whether it is the last frame of its message @param maxBytes how much `out` may
   * hold in the end
   */
  decode(
    bytes: Uint8Array,
    start: number,
    end: number,
    isLast: boolean,
    out: GrowingBytes,
    maxBytes: number,
  ): ExtensionOutcome;
  /** Turns a whole message into what is sent in its place, appended to `out`. */
  encode(bytes: Uint8Array, start: number, end: number, out: GrowingBytes): ExtensionOutcome;
  /** Ends the session and gives back what it borrowed. Idempotent. */
  release(): void;
}

/**
 * Parameters of an extension as they stand in the header, in order: names in lower case, values
 * unquoted or absent.
 */
export type ExtensionParameters = readonly (readonly [name: string, value: string | undefined])[];

/** What came of a negotiation: the session, and what the answer of a server holds. */
export interface ExtensionAgreement {
  readonly session: ExtensionSession;
  readonly parameters: ExtensionParameters;
}

/** An extension of the protocol (RFC 6455 section 9), shared by all connections of a reactor. */
export interface Extension {
  /** Its registered name, a token in lower case. */
  readonly name: string;
  /**
   * Server: agrees to one offer of a client, or declines it: then the next one with this name is
   * asked.
   */
  accept(offer: ExtensionParameters): ExtensionAgreement | undefined;
  /** Client: what to offer, best first; at least one. */
  offers(): readonly ExtensionParameters[];
  /**
   * Client: takes the answer of the server to its offers. Undefined where the answer breaks the
   * rules: the handshake fails.
   */
  settle(answer: ExtensionParameters): ExtensionSession | undefined;
}

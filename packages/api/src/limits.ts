/** The limits that an operator and an application can set, with their defaults and ranges. */

/** One limit: its default, and the range in which it may be set. */
export interface LimitDefinition {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit:
    | 'bytes'
    | 'seconds'
    | 'milliseconds'
    | 'connections'
    | 'messages'
    | 'bits'
    | 'topics'
    | 'fragments'
    | 'per second';
  /** Whether 0 turns the limit off, although 0 is less than `min`. */
  readonly zeroIsOff: boolean;
  /** The help text of the limit. */
  readonly meaning: string;
}

const MAX_INT32 = 2 ** 31 - 1;

/**
 * Every limit with its default. Each transport can honour each value of a range. uWebSockets.js
 * sets the narrowest ranges: it keeps byte limits as signed 32-bit integers, and it ends the
 * process on an idle timeout outside of 8..960.
 */
export const LIMIT_TABLE = {
  maxPayloadBytes: {
    default: 1_048_576,
    min: 1,
    max: MAX_INT32,
    unit: 'bytes',
    zeroIsOff: false,
    meaning:
      'longest message that a peer may send; a longer message closes its connection (1009; uws ' +
      'cuts the connection without a close frame)',
  },
  maxBufferedBytes: {
    default: 1_048_576,
    min: 1_024,
    max: MAX_INT32,
    unit: 'bytes',
    zeroIsOff: false,
    meaning:
      'outbound queue of a connection; beyond it, whenBufferFull of the application drops the ' +
      'next message or closes the connection; the last accepted message may exceed the limit',
  },
  maxHeldBytes: {
    default: 536_870_912,
    min: 1_048_576,
    max: 2 ** 40,
    unit: 'bytes',
    zeroIsOff: false,
    meaning:
      'memory per reactor for unfinished messages, outbound queues and subscriptions of all ' +
      'connections; when this memory is full, the connections that hold the most are closed ' +
      'first (1013; net only)',
  },
  maxHeldBytesPerAddress: {
    default: 268_435_456,
    min: 65_536,
    max: 2 ** 40,
    unit: 'bytes',
    zeroIsOff: true,
    meaning:
      'share of maxHeldBytes that the connections of one remote address may hold; beyond this ' +
      'share, those that hold the most are closed first (1013; net only)',
  },
  idleTimeoutSeconds: {
    default: 120,
    min: 8,
    max: 960,
    unit: 'seconds',
    zeroIsOff: true,
    meaning:
      'time without any data from the peer, not even the answer to a ping, after which the ' +
      'connection is cut',
  },
  maxConnections: {
    default: 200_000,
    min: 1,
    max: 10_000_000,
    unit: 'connections',
    zeroIsOff: true,
    meaning: 'open connections of the whole server; one more is refused with 503',
  },
  maxConnectionsPerAddress: {
    default: 50_000,
    min: 1,
    max: 10_000_000,
    unit: 'connections',
    zeroIsOff: true,
    meaning:
      'open connections from one remote address, over all reactors; one more is refused with 429',
  },
  ipv6PrefixBits: {
    default: 64,
    min: 1,
    max: 128,
    unit: 'bits',
    zeroIsOff: false,
    meaning:
      'number of first bits in which two IPv6 addresses must be equal to count as one, in every ' +
      'limit per address (connections, memory, contexts of compression, pages); 128 counts ' +
      'each address by itself; an IPv4 address inside of IPv6 counts as that IPv4 address',
  },
  maxUpgradesPerSecond: {
    default: 20_000,
    min: 1,
    max: 1_000_000,
    unit: 'per second',
    zeroIsOff: true,
    meaning:
      'handshakes per second that one reactor accepts, with bursts of up to this number at once; ' +
      'one more is refused with 503',
  },
  maxHeadBytes: {
    default: 8_192,
    min: 8_192,
    max: 65_536,
    unit: 'bytes',
    zeroIsOff: false,
    meaning:
      'longest head of a request, with all cookies; a longer head is answered with 431 (uws ' +
      'takes more than 8192 only if the operator, not the application, sets the limit)',
  },
  maxUnfinishedHandshakes: {
    default: 10_000,
    min: 1,
    max: 1_000_000,
    unit: 'connections',
    zeroIsOff: true,
    meaning:
      'unfinished handshakes per reactor, honest bursts included; one more ends the oldest, ' +
      'with 503 if part of its request has arrived (net only)',
  },
  maxPageConnections: {
    default: 1_000,
    min: 1,
    max: 1_000_000,
    unit: 'connections',
    zeroIsOff: true,
    meaning:
      'connections per reactor that get a page at a time; when one more comes, the address with ' +
      'the most of these connections loses its oldest one (uws: counts only pages longer than ' +
      '64 KiB)',
  },
  maxMessagesPerSecond: {
    default: 50_000,
    min: 1,
    max: 10_000_000,
    unit: 'per second',
    zeroIsOff: true,
    meaning:
      'messages per second that one peer may send, with bursts of up to this number at once; ' +
      'one more closes its connection (1008)',
  },
  maxSubscriptions: {
    default: 1_024,
    min: 1,
    max: 1_000_000,
    unit: 'topics',
    zeroIsOff: true,
    meaning:
      'topics that one connection may subscribe to; one more is refused (subscribe() is false)',
  },
  maxTopicBytes: {
    default: 256,
    min: 1,
    max: 65_535,
    unit: 'bytes',
    zeroIsOff: false,
    meaning: 'longest topic, in bytes of UTF-8',
  },
  maxFragments: {
    default: 1_024,
    min: 1,
    max: 1_000_000,
    unit: 'fragments',
    zeroIsOff: false,
    meaning:
      'most frames of one message, empty ones included; one more closes the connection (1008; ' +
      'net only)',
  },
  messageTimeoutSeconds: {
    default: 30,
    min: 1,
    max: 3_600,
    unit: 'seconds',
    zeroIsOff: true,
    meaning:
      'time from the first byte of a message, or of a control frame, to its last; a slower one ' +
      'closes the connection (1008; net only)',
  },
  handshakeTimeoutSeconds: {
    default: 10,
    min: 1,
    max: 60,
    unit: 'seconds',
    zeroIsOff: false,
    meaning:
      'time from the accepted connection to the end of its handshake request; a slower request ' +
      'is answered with 408 (uws: always 10)',
  },
  closeTimeoutSeconds: {
    default: 5,
    min: 1,
    max: 60,
    unit: 'seconds',
    zeroIsOff: false,
    meaning:
      'time for a peer to answer a close frame and to end its side; then its connection is cut ' +
      '(net only)',
  },
  upgradeTimeoutSeconds: {
    default: 10,
    min: 1,
    max: 60,
    unit: 'seconds',
    zeroIsOff: false,
    meaning:
      'time for an asynchronous upgrade hook to decide; then the handshake is refused with 503',
  },
} as const satisfies Record<string, LimitDefinition>;

/** The name of a limit. */
export type LimitName = keyof typeof LIMIT_TABLE;

/** A value for every limit, each in the range of {@link LIMIT_TABLE}. */
export type Limits = { readonly [Name in LimitName]: number };

/**
 * What happens when the application sends a message and the outbound queue of the connection is
 * longer than `maxBufferedBytes`. `drop` loses the message. `close` loses the message and cuts the
 * connection before the turn ends. The peer sees 1006, because a close frame would wait behind the
 * queue.
 */
export type BufferFullPolicy = 'drop' | 'close';

/** The value of every limit that nobody sets. */
export const DEFAULT_LIMITS = Object.freeze(
  Object.fromEntries(Object.entries(LIMIT_TABLE).map(([name, limit]) => [name, limit.default])),
) as Limits;

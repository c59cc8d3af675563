/** One limit: its default and the range in which it may be set. */
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
    | 'topics'
    | 'fragments'
    | 'per second';
  /** Whether 0, although below `min`, is allowed and turns the limit off. */
  readonly zeroIsOff: boolean;
  readonly meaning: string;
}

const MAX_INT32 = 2 ** 31 - 1;

/**
 * Every limit with its default. The ranges are those that each transport can honour:
 * uWebSockets.js, for one, keeps byte limits as signed 32-bit integers and ends the process on an
 * idle timeout outside of 8..960.
 */
export const LIMIT_TABLE = {
  maxPayloadBytes: {
    default: 1_048_576,
    min: 1,
    max: MAX_INT32,
    unit: 'bytes',
    zeroIsOff: false,
    meaning:
      'longest message that a peer may send; a longer one ends its connection (1009; ' +
      'uWebSockets.js only cuts it)',
  },
  maxBufferedBytes: {
    default: 1_048_576,
    min: 1_024,
    max: MAX_INT32,
    unit: 'bytes',
    zeroIsOff: false,
    meaning:
      'outbound queue of a connection beyond which `whenBufferFull` decides; the last message ' +
      'taken may overshoot it',
  },
  idleTimeoutSeconds: {
    default: 120,
    min: 8,
    max: 960,
    unit: 'seconds',
    zeroIsOff: true,
    meaning: 'a connection on which nothing arrives for so long, pings answered included, is cut',
  },
  maxConnections: {
    default: 200_000,
    min: 1,
    max: 10_000_000,
    unit: 'connections',
    zeroIsOff: true,
    meaning: 'open connections of the whole process; one more is refused with 503',
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
  maxUpgradesPerSecond: {
    default: 20_000,
    min: 1,
    max: 1_000_000,
    unit: 'per second',
    zeroIsOff: true,
    meaning:
      'handshakes that one reactor accepts in a second, with a burst of as many; one more is ' +
      'refused with 503',
  },
  maxUnfinishedHandshakes: {
    default: 10_000,
    min: 1,
    max: 1_000_000,
    unit: 'connections',
    zeroIsOff: true,
    meaning:
      'connections of one reactor whose request has not been read whole, all that come at ' +
      'once among them; one more ends ' +
      'the oldest, with 503 where any of its request has been read (net only)',
  },
  maxMessagesPerSecond: {
    default: 50_000,
    min: 1,
    max: 10_000_000,
    unit: 'per second',
    zeroIsOff: true,
    meaning:
      'messages that one connection may send in a second, with a burst of as many; beyond it ' +
      'is closed (1008)',
  },
  maxSubscriptions: {
    default: 1_024,
    min: 1,
    max: 1_000_000,
    unit: 'topics',
    zeroIsOff: true,
    meaning: 'topics that one connection may be subscribed to; `subscribe` answers false beyond',
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
      'frames that one message may come in, empty ones included; one more ends its connection ' +
      '(1008; net only)',
  },
  messageTimeoutSeconds: {
    default: 30,
    min: 1,
    max: 3_600,
    unit: 'seconds',
    zeroIsOff: true,
    meaning:
      'time that a message may take from its first byte to its last before its connection is ' +
      'closed (1008; net only)',
  },
  handshakeTimeoutSeconds: {
    default: 10,
    min: 1,
    max: 60,
    unit: 'seconds',
    zeroIsOff: false,
    meaning:
      'time from accepting a connection to the end of its request, which is answered with 408 ' +
      'then (uws: always 10)',
  },
  closeTimeoutSeconds: {
    default: 5,
    min: 1,
    max: 60,
    unit: 'seconds',
    zeroIsOff: false,
    meaning:
      'time that a peer has to answer a close frame, and to end its side, before it is cut ' +
      '(net only)',
  },
  upgradeTimeoutSeconds: {
    default: 10,
    min: 1,
    max: 60,
    unit: 'seconds',
    zeroIsOff: false,
    meaning:
      'time that an asynchronous upgrade hook may take before the handshake is refused with 503',
  },
} as const satisfies Record<string, LimitDefinition>;

/** The name of a limit. */
export type LimitName = keyof typeof LIMIT_TABLE;

/** A value for every limit, each in the range of {@link LIMIT_TABLE}. */
export type Limits = { readonly [Name in LimitName]: number };

/**
 * What happens when a message meets an outbound queue that is longer than `maxBufferedBytes`: the
 * message is lost, or the connection too, which is then cut (1006: a close frame would wait behind
 * the queue), at the latest as the turn ends.
 */
export type BufferFullPolicy = 'drop' | 'close';

/** The limits as they are when nobody sets any. */
export const DEFAULT_LIMITS = Object.freeze(
  Object.fromEntries(Object.entries(LIMIT_TABLE).map(([name, limit]) => [name, limit.default])),
) as Limits;

/**
 * Most bytes of request head that a handshake may have (RFC 6455 section 4.1). A constant of the
 * framework.
 */
export const MAX_HANDSHAKE_BYTES = 8_192;

import {
  type Extension,
  type ExtensionAgreement,
  type ExtensionParameters,
  type ExtensionSession,
  HioloadError,
} from '@hioload/api';
import { ContextPool, deflateBytes, inflateBytes } from './context-pool.js';
import {
  type DeflateParameters,
  listParameters,
  MAX_WINDOW_BITS,
  MIN_WINDOW_BITS,
  readParameters,
} from './parameters.js';
import { isRawZlibUsable } from './raw-zlib.js';
import { DeflateSession } from './session.js';

/** How messages are compressed. */
export interface PermessageDeflateOptions {
  /**
   * Whether contexts live on from message to message, which makes small messages that are alike smaller and costs some 150 KB
   * a connection that uses it both ways. Default: false.
   */
  readonly contextTakeover?: boolean;
  /**
   * Window of what is sent, as a power of two, 8..15. Default: 15, where all connections share a context; 13 with context
   * takeover, where each has its own: 100 KB less, for messages that are a few hundredths longer.
   */
  readonly windowBits?: number;
  /**
   * Window of what is received, as a power of two, 8..15. Default: 15. A client that asks for less cannot speak to a server that
   * takes no notice of it.
   */
  readonly peerWindowBits?: number;
  /** 1 (fast) to 9 (small). Default: 1. */
  readonly level?: number;
  /** 1..9: memory for compressing. Default: 8. */
  readonly memLevel?: number;
  /** Shortest message that is compressed, in bytes. Default: 1,024. */
  readonly minBytes?: number;
  /** Longest message that is compressed, in bytes: its time is taken from all connections. Default: 1 MiB. */
  readonly maxBytes?: number;
  /** Native memory that the contexts of the reactor may take, in bytes. Default: 64 MiB. */
  readonly maxContextBytes?: number;
}

const DEFAULT_TAKEOVER_WINDOW_BITS = 13;

const DEFAULTS: Required<PermessageDeflateOptions> = {
  contextTakeover: false,
  windowBits: MAX_WINDOW_BITS,
  peerWindowBits: MAX_WINDOW_BITS,
  level: 1,
  memLevel: 8,
  minBytes: 1_024,
  maxBytes: 1_048_576,
  maxContextBytes: 67_108_864,
};

/**
 * Compression of messages (RFC 7692): one object for all connections of a reactor, whose contexts it pools. Where the budget of
 * `maxContextBytes` has no room for two more contexts that live on, new connections compress without context takeover.
 */
export class PermessageDeflate implements Extension {
  readonly name = 'permessage-deflate';
  readonly contexts: ContextPool;
  readonly #options: Required<PermessageDeflateOptions>;

  /** @throws HIOLOAD_OPTION_INVALID */
  constructor(options: PermessageDeflateOptions = {}) {
    const windowBits = options.contextTakeover === true ? DEFAULT_TAKEOVER_WINDOW_BITS : DEFAULTS.windowBits;
    const all = { ...DEFAULTS, windowBits, ...options };
    requireRange('windowBits', all.windowBits, MIN_WINDOW_BITS, MAX_WINDOW_BITS);
    requireRange('peerWindowBits', all.peerWindowBits, MIN_WINDOW_BITS, MAX_WINDOW_BITS);
    requireRange('level', all.level, 1, 9);
    requireRange('memLevel', all.memLevel, 1, 9);
    requireRange('minBytes', all.minBytes, 0, Number.MAX_SAFE_INTEGER);
    requireRange('maxBytes', all.maxBytes, 0, Number.MAX_SAFE_INTEGER);
    this.#options = all;
    this.contexts = new ContextPool(all.maxContextBytes, all);
  }

  /** Whether this Node lets zlib be used the way it is here. Where it does not, nothing is offered and nothing accepted. */
  static get isAvailable(): boolean {
    return isRawZlibUsable();
  }

  accept(list: ExtensionParameters): ExtensionAgreement | undefined {
    const offer = readParameters(list);
    if (offer === undefined || !isRawZlibUsable()) return undefined;
    const keepsContexts = this.#mayKeepContexts();
    const { windowBits, peerWindowBits } = this.#options;
    const answer: DeflateParameters = {
      serverNoContextTakeover: offer.serverNoContextTakeover || !keepsContexts,
      clientNoContextTakeover: offer.clientNoContextTakeover || !keepsContexts,
      // Answered where it was asked for, and where our window is smaller by our own choice.
      serverMaxWindowBits:
        offer.serverMaxWindowBits === undefined && windowBits === MAX_WINDOW_BITS
          ? undefined
          : Math.min(windowBits, offer.serverMaxWindowBits ?? MAX_WINDOW_BITS),
      // Only a client that says it can is told to use a smaller window (RFC 7692 section 7.1.2.2).
      clientMaxWindowBits:
        offer.clientMaxWindowBits === undefined
          ? undefined
          : Math.min(peerWindowBits, offer.clientMaxWindowBits === 'any' ? MAX_WINDOW_BITS : offer.clientMaxWindowBits),
    };
    return { session: this.#session(answer, 'server'), parameters: listParameters(answer) };
  }

  offers(): readonly ExtensionParameters[] {
    const { contextTakeover, windowBits, peerWindowBits } = this.#options;
    const offer: DeflateParameters = {
      serverNoContextTakeover: !contextTakeover,
      clientNoContextTakeover: !contextTakeover,
      serverMaxWindowBits: peerWindowBits === MAX_WINDOW_BITS ? undefined : peerWindowBits,
      clientMaxWindowBits: windowBits === MAX_WINDOW_BITS ? 'any' : windowBits,
    };
    return [listParameters(offer)];
  }

  settle(list: ExtensionParameters): ExtensionSession | undefined {
    const answer = readParameters(list);
    if (answer === undefined || answer.clientMaxWindowBits === 'any' || !isRawZlibUsable()) return undefined;
    const { contextTakeover, windowBits, peerWindowBits } = this.#options;
    // What was asked of the server has to be in its answer (RFC 7692 sections 7.1.1.1 and 7.1.2.1).
    if (!contextTakeover && !answer.serverNoContextTakeover) return undefined;
    if ((answer.serverMaxWindowBits ?? MAX_WINDOW_BITS) > peerWindowBits) return undefined;
    if ((answer.clientMaxWindowBits ?? 0) > windowBits) return undefined;
    const clientNoContextTakeover = answer.clientNoContextTakeover || !contextTakeover;
    return this.#session({ ...answer, clientNoContextTakeover }, 'client');
  }

  #mayKeepContexts(): boolean {
    const { contextTakeover, windowBits, peerWindowBits, memLevel } = this.#options;
    return (
      contextTakeover && this.contexts.hasRoomFor(deflateBytes(windowBits, memLevel) + inflateBytes(peerWindowBits))
    );
  }

  #session(terms: DeflateParameters, role: 'server' | 'client'): DeflateSession {
    const { minBytes, maxBytes, windowBits } = this.#options;
    const server = terms.serverMaxWindowBits ?? MAX_WINDOW_BITS;
    const client = typeof terms.clientMaxWindowBits === 'number' ? terms.clientMaxWindowBits : MAX_WINDOW_BITS;
    const isServer = role === 'server';
    return new DeflateSession(this.contexts, {
      // A client may always use a smaller window than it has to.
      deflateBits: Math.min(windowBits, isServer ? server : client),
      inflateBits: isServer ? client : server,
      keepsDeflate: !(isServer ? terms.serverNoContextTakeover : terms.clientNoContextTakeover),
      keepsInflate: !(isServer ? terms.clientNoContextTakeover : terms.serverNoContextTakeover),
      minBytes,
      maxBytes,
    });
  }
}

function requireRange(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new HioloadError('HIOLOAD_OPTION_INVALID', `${name} is ${value}; allowed is ${least}..${most}`);
}

// Compression of messages (RFC 7692) as an extension for all connections of a reactor.
import {
  type CompressionOptions,
  type Extension,
  type ExtensionAgreement,
  type ExtensionParameters,
  type ExtensionSession,
  HioloadError,
} from '@hioload/api';
import { deflateBytes, inflateBytes } from './context-bytes.js';
import { ContextPool } from './context-pool.js';
import {
  type DeflateParameters,
  listParameters,
  MAX_WINDOW_BITS,
  MIN_WINDOW_BITS,
  readParameters,
} from './parameters.js';
import { isRawZlibUsable } from './raw-zlib.js';
import { DeflateSession } from './deflate-session.js';

/** The settings of compression, under the name that this package uses. */
export type PermessageDeflateOptions = CompressionOptions;

/** Is told what the budget for contexts has no room for. */
export interface CompressionWatch {
  /** A handshake was answered without the context takeover that both sides wanted. */
  takeoverDeclined(): void;
  /** A message in fragments lost its context to others: its connection ends (1013). */
  contextLost(): void;
}

const NOBODY: CompressionWatch = {
  takeoverDeclined: () => undefined,
  contextLost: () => undefined,
};

/** A sender may use a smaller window than the agreed one, and need not say so. */
const KEPT_WINDOW_BITS = 13;

const DEFAULTS: Required<CompressionOptions> = {
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
 * Compression of messages (RFC 7692). One object serves all connections of a reactor and pools
 * their contexts. A handshake that agrees on context takeover reserves the contexts at once. If the
 * budget `maxContextBytes` has no room for them, the connection compresses without takeover.
 */
export class PermessageDeflate implements Extension {
  readonly name = 'permessage-deflate';
  readonly contexts: ContextPool;
  readonly #options: Required<CompressionOptions>;
  readonly #keptWindowBits: number;
  readonly #watch: CompressionWatch;

  /** @throws HIOLOAD_OPTION_INVALID */
  constructor(options: CompressionOptions = {}, watch: CompressionWatch = NOBODY) {
    const all = { ...DEFAULTS, ...options };
    requireRange('windowBits', all.windowBits, MIN_WINDOW_BITS, MAX_WINDOW_BITS);
    requireRange('peerWindowBits', all.peerWindowBits, MIN_WINDOW_BITS, MAX_WINDOW_BITS);
    requireRange('level', all.level, 1, 9);
    requireRange('memLevel', all.memLevel, 1, 9);
    requireRange('minBytes', all.minBytes, 0, Number.MAX_SAFE_INTEGER);
    requireRange('maxBytes', all.maxBytes, 0, Number.MAX_SAFE_INTEGER);
    this.#options = all;
    this.#keptWindowBits = options.windowBits ?? KEPT_WINDOW_BITS;
    this.#watch = watch;
    this.contexts = new ContextPool(all, () => watch.contextLost());
  }

  /**
   * Whether the zlib of this Node can be used. If it cannot, compression is neither offered nor
   * accepted.
   */
  static get isAvailable(): boolean {
    return isRawZlibUsable();
  }

  accept(list: ExtensionParameters, peer = ''): ExtensionAgreement | undefined {
    const offer = readParameters(list);
    if (offer === undefined || !isRawZlibUsable()) return undefined;
    const { contextTakeover } = this.#options;
    let answer = this.#answer(offer, contextTakeover);
    let session = this.#session(answer, 'server', peer);
    if (session === undefined) {
      this.#watch.takeoverDeclined();
      answer = this.#answer(offer, false);
      session = this.#session(answer, 'server', peer);
    }
    return session && { session, parameters: listParameters(answer) };
  }

  offers(): readonly ExtensionParameters[] {
    const { contextTakeover, windowBits, peerWindowBits } = this.#options;
    const takesOver = contextTakeover && this.#hasRoomToKeep();
    const offer: DeflateParameters = {
      serverNoContextTakeover: !takesOver,
      clientNoContextTakeover: !takesOver,
      serverMaxWindowBits: peerWindowBits === MAX_WINDOW_BITS ? undefined : peerWindowBits,
      clientMaxWindowBits: windowBits === MAX_WINDOW_BITS ? 'any' : windowBits,
    };
    return [listParameters(offer)];
  }

  settle(list: ExtensionParameters): ExtensionSession | undefined {
    const answer = readParameters(list);
    if (answer === undefined || answer.clientMaxWindowBits === 'any' || !isRawZlibUsable())
      return undefined;
    const { contextTakeover, windowBits, peerWindowBits } = this.#options;
    // The answer of the server must hold everything that the offer asked of it (RFC 7692 sections
    // 7.1.1.1 and 7.1.2.1).
    if (!contextTakeover && !answer.serverNoContextTakeover) return undefined;
    if ((answer.serverMaxWindowBits ?? MAX_WINDOW_BITS) > peerWindowBits) return undefined;
    if ((answer.clientMaxWindowBits ?? 0) > windowBits) return undefined;
    const clientNoContextTakeover = answer.clientNoContextTakeover || !contextTakeover;
    return (
      this.#session({ ...answer, clientNoContextTakeover }, 'client', '') ??
      // A client may always compress without takeover, without a word to the server.
      this.#session({ ...answer, clientNoContextTakeover: true }, 'client', '')
    );
  }

  #answer(offer: DeflateParameters, takesOver: boolean): DeflateParameters {
    const { windowBits, peerWindowBits } = this.#options;
    return {
      serverNoContextTakeover: offer.serverNoContextTakeover || !takesOver,
      clientNoContextTakeover: offer.clientNoContextTakeover || !takesOver,
      // The answer names the window if the client asked for one, or if our own choice is smaller.
      serverMaxWindowBits:
        offer.serverMaxWindowBits === undefined && windowBits === MAX_WINDOW_BITS
          ? undefined
          : Math.min(windowBits, offer.serverMaxWindowBits ?? MAX_WINDOW_BITS),
      // The server may ask for a smaller window only if the client says that it can use one (RFC
      // 7692 section 7.1.2.2).
      clientMaxWindowBits:
        offer.clientMaxWindowBits === undefined
          ? undefined
          : Math.min(
              peerWindowBits,
              offer.clientMaxWindowBits === 'any' ? MAX_WINDOW_BITS : offer.clientMaxWindowBits,
            ),
    };
  }

  /** Whether an offer of takeover could be kept now, whatever windows the server chooses. */
  #hasRoomToKeep(): boolean {
    const bytes =
      deflateBytes(this.#keptWindowBits, this.#options.memLevel) + inflateBytes(MAX_WINDOW_BITS);
    return this.contexts.hasRoomFor(bytes);
  }

  /** Makes a session and reserves what it keeps. Returns undefined if there is no room for that. */
  #session(
    terms: DeflateParameters,
    role: 'server' | 'client',
    peer: string,
  ): DeflateSession | undefined {
    const { minBytes, maxBytes, windowBits, memLevel } = this.#options;
    const server = terms.serverMaxWindowBits ?? MAX_WINDOW_BITS;
    const client =
      typeof terms.clientMaxWindowBits === 'number' ? terms.clientMaxWindowBits : MAX_WINDOW_BITS;
    const isServer = role === 'server';
    const keepsDeflate = !(isServer
      ? terms.serverNoContextTakeover
      : terms.clientNoContextTakeover);
    const keepsInflate = !(isServer
      ? terms.clientNoContextTakeover
      : terms.serverNoContextTakeover);
    const deflateBits = Math.min(
      keepsDeflate ? this.#keptWindowBits : windowBits,
      isServer ? server : client,
    );
    const inflateBits = isServer ? client : server;
    const promisedBytes =
      (keepsDeflate ? deflateBytes(deflateBits, memLevel) : 0) +
      (keepsInflate ? inflateBytes(inflateBits) : 0);
    if (!this.contexts.promise(promisedBytes)) return undefined;
    const kept = { keepsDeflate, keepsInflate, promisedBytes };
    const session = { deflateBits, inflateBits, ...kept, minBytes, maxBytes };
    return new DeflateSession(this.contexts, session, peer);
  }
}

function requireRange(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new HioloadError(
    'HIOLOAD_OPTION_INVALID',
    `${name} must be a whole number from ${least} to ${most}; got ${value}`,
  );
}

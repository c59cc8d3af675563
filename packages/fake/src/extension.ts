// A fake WebSocket extension for tests: flips the bits of each message.
import {
  type Extension,
  type ExtensionAgreement,
  ExtensionOutcome,
  type ExtensionParameters,
  type ExtensionSession,
  type GrowingBytes,
} from '@hioload/api';

const RSV2 = 2;
const NO_PARAMETERS: ExtensionParameters = [];

/**
 * An extension that flips every bit of a message and marks the message with RSV2. It agrees to
 * offers without parameters, and refuses empty frames.
 */
export class FakeExtension implements Extension {
  readonly name = 'x-fake-inverting';
  /** Sessions that have not been released. */
  openSessions = 0;

  accept(offer: ExtensionParameters): ExtensionAgreement | undefined {
    return offer.length === 0 ? { session: this.#open(), parameters: NO_PARAMETERS } : undefined;
  }

  offers(): readonly ExtensionParameters[] {
    return [NO_PARAMETERS];
  }

  settle(answer: ExtensionParameters): ExtensionSession | undefined {
    return answer.length === 0 ? this.#open() : undefined;
  }

  #open(): ExtensionSession {
    this.openSessions += 1;
    return new InvertingSession(() => (this.openSessions -= 1));
  }
}

class InvertingSession implements ExtensionSession {
  readonly reservedBits = RSV2;
  #close: (() => void) | undefined;

  constructor(close: () => void) {
    this.#close = close;
  }

  decode(
    bytes: Uint8Array,
    start: number,
    end: number,
    _isLast: boolean,
    out: GrowingBytes,
    maxBytes: number,
  ): ExtensionOutcome {
    if (start === end) return ExtensionOutcome.Invalid;
    if (out.end - out.start + end - start > maxBytes) return ExtensionOutcome.TooBig;
    return invert(bytes, start, end, out);
  }

  encode(bytes: Uint8Array, start: number, end: number, out: GrowingBytes): ExtensionOutcome {
    return start === end ? ExtensionOutcome.Unchanged : invert(bytes, start, end, out);
  }

  release(): void {
    this.#close?.();
    this.#close = undefined;
  }
}

function invert(
  bytes: Uint8Array,
  start: number,
  end: number,
  out: GrowingBytes,
): ExtensionOutcome {
  if (!out.reserve(end - start, Infinity)) return ExtensionOutcome.OutOfMemory;
  for (let at = start; at < end; at++) out.bytes[out.end + at - start] = ~bytes[at]!;
  out.advance(end - start);
  return ExtensionOutcome.Done;
}

// A simple reader by the text of the standard, which the fuzz test compares with ours.
import type { InflateByNode } from './reference-inflate.js';

/**
 * What came of a stream of frames: events as the recorder of our tests writes them, and the close
 * code of the violation.
 */
export interface Outcome {
  readonly events: readonly string[];
  /** 0 where nothing was broken. */
  readonly code: number;
}

export interface ReferenceOptions {
  readonly isServer: boolean;
  readonly maxMessageBytes: number;
  readonly maxFragments: number;
  /** Where permessage-deflate was agreed upon. */
  readonly inflate?: InflateByNode;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether bytes can be the beginning of a text: what is missing at the end is one of a few endings.
 */
function isTextSoFar(bytes: Uint8Array): boolean {
  const endings = ['', '80', '8080', '808080', 'a080', '9080', '908080', '9f80', '8f8080'];
  return endings.some((ending) => isText(Buffer.concat([bytes, Buffer.from(ending, 'hex')])));
}

/** How much longer than its content a compressed message may be; the standard does not say. */
const mostEncoded = (maxBytes: number): number => maxBytes + Math.floor(maxBytes / 16) + 64;

/**
 * RFC 6455 section 5 written down as plainly as can be, with all bytes at hand and no regard for
 * speed: what the real reader is held against.
 */
export function readByTheBook(stream: Uint8Array, options: ReferenceOptions): Outcome {
  const bytes = Buffer.from(stream);
  const events: string[] = [];
  let at = 0;
  let message:
    | { readonly isText: boolean; readonly isCompressed: boolean; readonly parts: Buffer[] }
    | undefined;
  const fail = (code: number): Outcome => ({ events, code });
  for (;;) {
    if (bytes.length - at < 2) return fail(0);
    const [first, second] = [bytes[at]!, bytes[at + 1]!];
    const [fin, rsv, opcode] = [first >= 128, (first >> 4) & 7, first & 15];
    const isControl = opcode >= 8;
    if (![0, 1, 2, 8, 9, 10].includes(opcode)) return fail(1002);
    if (isControl && (!fin || (second & 127) > 125)) return fail(1002);

    const lengthBytes = [...Array<number>(126).fill(0), 2, 8][second & 127]!;
    const masked = second >= 128;
    const payloadAt = at + 2 + lengthBytes + (masked ? 4 : 0);
    if (bytes.length < payloadAt) return fail(0);
    let length = BigInt(second & 127);
    if (lengthBytes === 2) length = BigInt(bytes.readUInt16BE(at + 2));
    if (lengthBytes === 8) length = bytes.readBigUInt64BE(at + 2);
    if (lengthBytes === 2 && length < 126n) return fail(1002);
    if (lengthBytes === 8 && (length < 65_536n || length >= 1n << 63n)) return fail(1002);
    const isCompressed =
      options.inflate !== undefined && rsv === 4 && (opcode === 1 || opcode === 2);
    if ((rsv !== 0 && !isCompressed) || masked !== options.isServer) return fail(1002);
    const mostInFrame =
      options.inflate === undefined
        ? options.maxMessageBytes
        : mostEncoded(options.maxMessageBytes);
    if (!isControl && length > BigInt(mostInFrame)) return fail(1009);
    if (opcode === 0 && message === undefined) return fail(1002);
    if ((opcode === 1 || opcode === 2) && message !== undefined) return fail(1002);

    if (!isControl) {
      message ??= { isText: opcode === 1, isCompressed, parts: [] };
      const before = message.parts.reduce((sum, part) => sum + part.length, 0);
      const most = message.isCompressed
        ? mostEncoded(options.maxMessageBytes)
        : options.maxMessageBytes;
      if (BigInt(before) + length > BigInt(most)) return fail(1009);
      if (message.parts.length + 1 > options.maxFragments) return fail(1008);
    }
    const end = payloadAt + Number(length);
    const payload = Buffer.from(bytes.subarray(payloadAt, Math.min(end, bytes.length)));
    if (masked)
      for (let i = 0; i < payload.length; i++) payload[i]! ^= bytes[payloadAt - 4 + (i % 4)]!;
    const isWhole = end <= bytes.length;
    at = end;

    if (!isControl && message !== undefined) {
      message.parts.push(payload);
      // A compressed frame is looked at when all of it is there, another one as it comes.
      if (!isWhole && message.isCompressed) return fail(0);
      let content: Buffer = Buffer.concat(message.parts);
      if (message.isCompressed) {
        const found = options.inflate!.message(content, fin, options.maxMessageBytes);
        if (typeof found === 'number') return fail(found);
        content = found;
      }
      if (message.isText && !isTextSoFar(content)) return fail(1007);
      if (!isWhole) return fail(0);
      if (!fin) continue;
      if (message.isText && !isText(content)) return fail(1007);
      events.push(`${message.isText ? 'text' : 'binary'} ${hex(content)}`.trimEnd());
      message = undefined;
      continue;
    }
    if (!isWhole) return fail(0);
    if (opcode !== 8) {
      events.push(`${opcode === 9 ? 'ping' : 'pong'} ${hex(payload)}`.trimEnd());
      continue;
    }
    if (payload.length === 0) {
      events.push('close 1005');
      return fail(0);
    }
    if (payload.length === 1) return fail(1002);
    const code = payload.readUInt16BE(0);
    const mayBeSent =
      (code >= 1000 && code <= 1003) ||
      (code >= 1007 && code <= 1014) ||
      (code >= 3000 && code <= 4999);
    if (!mayBeSent) return fail(1002);
    if (!isText(payload.subarray(2))) return fail(1007);
    events.push(`close ${code} ${payload.subarray(2).toString()}`.trimEnd());
    return fail(0);
  }
}

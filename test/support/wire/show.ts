// Shows messages and frames as one line each.
import { createHash } from 'node:crypto';
import { Op } from './frames.js';
import type { ReceivedFrame } from './frame-reader.js';

const SHOWN_BYTES = 64;

/**
 * A message or control frame in one line that differs where any byte does: short payloads as hex,
 * long ones by digest.
 */
export function showBytes(kind: string, bytes: Uint8Array): string {
  if (bytes.length === 0) return kind;
  if (bytes.length <= SHOWN_BYTES) return `${kind} ${Buffer.from(bytes).toString('hex')}`;
  return `${kind} of ${bytes.length} bytes, sha1 ${createHash('sha1').update(bytes).digest('hex')}`;
}

/**
 * What a server sent, in its order: data and pongs apart, because an answer to a ping may overtake.
 */
export interface Shown {
  readonly data: string[];
  readonly pongs: string[];
  readonly pings: string[];
  /** Code of the close frame: 1005 where it held none, 0 where there was no such frame. */
  readonly closeCode: number;
  readonly closeReason: string;
}

/**
 * Puts frames together to what they mean. @throws where they break a rule of RFC 6455 section 5.4
 */
export function showFrames(
  frames: readonly ReceivedFrame[],
  inflate?: (payload: Buffer) => Buffer,
): Shown {
  const shown = {
    data: [] as string[],
    pongs: [] as string[],
    pings: [] as string[],
    closeCode: 0,
    closeReason: '',
  };
  let parts: Buffer[] = [];
  let opening: ReceivedFrame | undefined;
  for (const frame of frames) {
    const { opcode, payload, rsv, fin } = frame;
    if (shown.closeCode !== 0) throw new Error(`a frame ${opcode} came after the close frame`);
    if (opcode >= Op.Close && rsv !== 0)
      throw new Error(`a control frame has the reserved bits ${rsv}`);
    if (opcode === Op.Close) {
      shown.closeCode = payload.length === 0 ? 1005 : payload.readUInt16BE(0);
      shown.closeReason = payload.subarray(2).toString();
    } else if (opcode === Op.Ping) shown.pings.push(showBytes('ping', payload));
    else if (opcode === Op.Pong) shown.pongs.push(showBytes('pong', payload));
    else {
      if ((opcode === Op.Continuation) === (opening === undefined))
        throw new Error(`a data frame ${opcode} out of place`);
      opening ??= frame;
      if (rsv !== 0 && (frame !== opening || rsv !== 4 || inflate === undefined)) {
        throw new Error(`a data frame has the reserved bits ${rsv}`);
      }
      parts.push(payload);
      if (!fin) continue;
      const whole = Buffer.concat(parts);
      const content = opening.rsv === 4 ? inflate!(whole) : whole;
      shown.data.push(showBytes(opening.opcode === Op.Text ? 'text' : 'binary', content));
      parts = [];
      opening = undefined;
    }
  }
  if (opening !== undefined) throw new Error('a message of the server does not end');
  return shown;
}

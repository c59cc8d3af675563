import { randomBytes } from 'node:crypto';
import { applyMask, frameHeaderBytes, Opcode, writeFrameHeader } from '@hioload/protocol';

/** Payloads start with a number of four bytes that no other message of the run has. */
export const MIN_PAYLOAD_BYTES = 4;

/**
 * The messages that one connection sends over and over, prepared as frames. There is one more than are ever in flight
 * and no two are alike, on this connection or another: a message that is lost, repeated, moved or mixed up changes the
 * bytes that come back. Both runs of frames are there twice, so that any stretch of up to a cycle lies in one piece.
 */
export interface MessageCycle {
  readonly messages: number;
  /** Masked frames, as a client sends them. */
  readonly outgoing: Buffer;
  readonly outgoingFrameBytes: number;
  /** The frames that a server answers with, unmasked, header included. */
  readonly expected: Buffer;
  readonly expectedFrameBytes: number;
}

/** Bytes of memory that {@link prepareCycle} takes for one connection. */
export function cycleBytes(payloadBytes: number, inFlight: number): number {
  const frames = 2 * (inFlight + 1);
  return frames * (frameHeaderBytes(payloadBytes, true) + frameHeaderBytes(payloadBytes, false) + 2 * payloadBytes);
}

/**
 * Prepares the binary messages of one connection.
 * @param connection number of the connection in the run, from 0
 * @param payloadBytes 4 or more @param inFlight 1 or more
 */
export function prepareCycle(connection: number, payloadBytes: number, inFlight: number): MessageCycle {
  const messages = inFlight + 1;
  const outgoingFrameBytes = frameHeaderBytes(payloadBytes, true) + payloadBytes;
  const expectedFrameBytes = frameHeaderBytes(payloadBytes, false) + payloadBytes;
  const outgoing = Buffer.allocUnsafeSlow(2 * messages * outgoingFrameBytes);
  const expected = Buffer.allocUnsafeSlow(2 * messages * expectedFrameBytes);
  for (let index = 0; index < 2 * messages; index += 1) {
    const number = connection * messages + (index % messages);
    writeFrame(expected, index * expectedFrameBytes, number, payloadBytes, null);
    writeFrame(outgoing, index * outgoingFrameBytes, number, payloadBytes, randomBytes(4).readUInt32BE());
  }
  return { messages, outgoing, outgoingFrameBytes, expected, expectedFrameBytes };
}

function writeFrame(target: Buffer, at: number, number: number, payloadBytes: number, maskKey: number | null): void {
  const masked = maskKey !== null;
  const header = { fin: true, rsv: 0, opcode: Opcode.Binary, masked, maskKey: maskKey ?? 0, payloadBytes };
  const start = writeFrameHeader(header, target, at);
  const end = start + payloadBytes;
  target.writeUInt32BE(number, start);
  fillNoise(target, start + 4, end, number);
  if (maskKey !== null) applyMask(target, start, end, maskKey);
}

/** Bytes that look random and depend on the number only (xorshift32, Marsaglia 2003). */
function fillNoise(target: Buffer, start: number, end: number, number: number): void {
  let state = Math.imul(number + 1, 0x9e37_79b9);
  for (let at = start; at < end; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    target[at] = state;
  }
}

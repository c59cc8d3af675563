// Prepares the messages that a connection sends over and over.
import { randomBytes } from 'node:crypto';
import { applyMask, frameHeaderBytes, type Opcode, writeFrameHeader } from '@hioload/protocol';
import { type Dialect, PLAIN } from './dialect.js';

/**
 * Length of the number at the start of each message. No other message of the run has the same
 * number.
 */
export const MIN_PAYLOAD_BYTES = 4;

/**
 * The messages that one connection sends over and over, prepared as frames. The cycle has one
 * message more than are ever in flight. No two messages of a run are alike, so a lost, repeated,
 * moved or mixed-up message changes the bytes that come back. Both runs of frames are stored twice,
 * so that every stretch of up to a cycle lies in one piece.
 */
export interface MessageCycle {
  readonly messages: number;
  /** Masked frames, as a client sends them. */
  readonly outgoing: Buffer;
  readonly outgoingFrameBytes: number;
  /** The frames that a server answers with: unmasked, with their headers. */
  readonly expected: Buffer;
  readonly expectedFrameBytes: number;
}

/**
 * Bytes of memory that {@link prepareCycle} takes for one connection, if the dialect adds nothing
 * to the messages.
 */
export function cycleBytes(messageBytes: number, inFlight: number): number {
  const frames = 2 * (inFlight + 1);
  return (
    frames *
    (frameHeaderBytes(messageBytes, true) +
      frameHeaderBytes(messageBytes, false) +
      2 * messageBytes)
  );
}

/**
 * Prepares the messages of one connection.
 * @param connection number of the connection in the run, from 0
 * @param messageBytes {@link MIN_PAYLOAD_BYTES} or more, without the bytes that the dialect adds
 * @param inFlight 1 or more
 */
export function prepareCycle(
  connection: number,
  messageBytes: number,
  inFlight: number,
  dialect: Dialect = PLAIN,
): MessageCycle {
  const messages = inFlight + 1;
  const payloads = Array.from({ length: messages }, (_, index) =>
    dialect.dress(noise(connection * messages + index, messageBytes)),
  );
  const payloadBytes = payloads[0]!.length;
  const outgoingFrameBytes = frameHeaderBytes(payloadBytes, true) + payloadBytes;
  const expectedFrameBytes = frameHeaderBytes(payloadBytes, false) + payloadBytes;
  const outgoing = Buffer.allocUnsafeSlow(2 * messages * outgoingFrameBytes);
  const expected = Buffer.allocUnsafeSlow(2 * messages * expectedFrameBytes);
  for (let index = 0; index < 2 * messages; index += 1) {
    const payload = payloads[index % messages]!;
    writeFrame(expected, index * expectedFrameBytes, dialect.opcode, payload, null);
    writeFrame(
      outgoing,
      index * outgoingFrameBytes,
      dialect.opcode,
      payload,
      randomBytes(4).readUInt32BE(),
    );
  }
  return { messages, outgoing, outgoingFrameBytes, expected, expectedFrameBytes };
}

/**
 * Writes a frame.
 * @returns the position of the octet after the frame
 */
export function writeFrame(
  target: Buffer,
  at: number,
  opcode: Opcode,
  payload: Buffer,
  maskKey: number | null,
): number {
  const masked = maskKey !== null;
  const header = {
    fin: true,
    rsv: 0,
    opcode,
    masked,
    maskKey: maskKey ?? 0,
    payloadBytes: payload.length,
  };
  const start = writeFrameHeader(header, target, at);
  const end = start + payload.length;
  payload.copy(target, start);
  if (maskKey !== null) applyMask(target, start, end, maskKey);
  return end;
}

/**
 * Makes a number of four bytes, followed by bytes that look random and depend only on the number
 * (xorshift32, Marsaglia 2003).
 */
function noise(number: number, bytes: number): Buffer {
  const message = Buffer.allocUnsafeSlow(bytes);
  message.writeUInt32BE(number);
  let state = Math.imul(number + 1, 0x9e37_79b9);
  for (let at = 4; at < bytes; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    message[at] = state;
  }
  return message;
}

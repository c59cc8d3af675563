// Compares the received bytes of a connection with the expected bytes.
import { LoadFault } from './load-fault.js';
import type { MessageCycle } from './message-cycle.js';

/**
 * Compares the bytes that one connection gets with the expected bytes, octet by octet. The expected
 * bytes are periodic, because the messages are a cycle. So the check of a chunk of any length is
 * one comparison of memory, and the judge parses no frame as long as all bytes are right.
 */
export class StreamJudge {
  readonly #cycle: MessageCycle;
  readonly #name: string;
  /** The position of the next expected byte in the cycle. */
  #place = 0;
  /** Bytes that were sent and have not come yet. */
  #dueBytes = 0;
  /** Bytes that have come of a frame whose rest is missing. */
  #partialBytes = 0;

  /** @param name the name of the connection in faults */
  constructor(cycle: MessageCycle, name: string) {
    this.#cycle = cycle;
    this.#name = name;
  }

  /** Messages that were sent and have not come whole yet. */
  get outstanding(): number {
    return Math.ceil(this.#dueBytes / this.#cycle.expectedFrameBytes);
  }

  /** Notes that messages were sent, in the order of the cycle. */
  sent(messages: number): void {
    this.#dueBytes += messages * this.#cycle.expectedFrameBytes;
  }

  /**
   * Judges bytes as they come, cut anywhere.
   * @returns how many messages the bytes complete
   * @throws LoadFault if the bytes differ from the expected ones
   */
  accept(chunk: Buffer, bytes: number): number {
    const { expected, expectedFrameBytes } = this.#cycle;
    const place = this.#place;
    if (bytes > this.#dueBytes || expected.compare(chunk, 0, bytes, place, place + bytes) !== 0) {
      throw new LoadFault(this.#describe(chunk, bytes));
    }
    this.#dueBytes -= bytes;
    const next = place + bytes;
    const cycle = expected.length / 2;
    this.#place = next < cycle ? next : next - cycle;
    const got = this.#partialBytes + bytes;
    const complete = Math.floor(got / expectedFrameBytes);
    this.#partialBytes = got - complete * expectedFrameBytes;
    return complete;
  }

  /** Throws a LoadFault that says which messages are missing, if any are. */
  settle(why: string): void {
    if (this.#dueBytes === 0) return;
    throw new LoadFault(`${this.#name}: ${this.outstanding} messages are lost: ${why}`);
  }

  #describe(chunk: Buffer, bytes: number): string {
    const { expected, expectedFrameBytes, messages } = this.#cycle;
    const who = this.#name;
    const within = Math.min(bytes, this.#dueBytes);
    let same = 0;
    while (same < within && chunk[same] === expected[this.#place + same]) same += 1;
    if (same === within) return `${who}: ${bytes - within} bytes came that nothing was sent for`;

    const offset = (this.#place + same) % expectedFrameBytes;
    const due = Math.floor((this.#place + same) / expectedFrameBytes) % messages;
    const frameStart = same - offset;
    const frame =
      frameStart < 0
        ? null
        : chunk.subarray(frameStart, Math.min(frameStart + expectedFrameBytes, bytes));
    for (let other = 0; frame?.length === expectedFrameBytes && other < messages; other += 1) {
      const start = other * expectedFrameBytes;
      if (expected.compare(frame, 0, frame.length, start, start + frame.length) === 0) {
        return (
          `${who}: message ${other} of its cycle of ${messages} came where ${due} was due: ` +
          'lost, repeated or moved'
        );
      }
    }
    const got = chunk[same]!.toString(16).padStart(2, '0');
    const wanted = expected[this.#place + same]!.toString(16).padStart(2, '0');
    return (
      `${who}: octet ${offset} of the frame of message ${due} is ${got}, not ${wanted}: ` +
      'altered, mixed up or moved'
    );
  }
}

// Compares the received bytes of a connection with the expected bytes.
import { LoadFault } from './load-fault.js';
import type { MessageCycle } from './message-cycle.js';

/**
 * Compares what one connection gets, octet by octet, with what it must get. What answers a cycle of
 * messages, or spreads it, is periodic, so a chunk of any length is one comparison of memory, and
 * no frame is parsed as long as all is well.
 */
export class StreamJudge {
  readonly #cycle: MessageCycle;
  readonly #name: string;
  /** Where in the cycle of expected bytes the next one lies. */
  #place = 0;
  /** Bytes that are due: sent and not yet here. */
  #dueBytes = 0;
  /** Bytes of a frame of which the rest is still to come. */
  #partialBytes = 0;

  /** @param name who is judged, as faults say it */
  constructor(cycle: MessageCycle, name: string) {
    this.#cycle = cycle;
    this.#name = name;
  }

  /** Messages that were sent and are not yet here whole. */
  get outstanding(): number {
    return Math.ceil(this.#dueBytes / this.#cycle.expectedFrameBytes);
  }

  /** Notes that messages were sent, in the order of the cycle. */
  sent(messages: number): void {
    this.#dueBytes += messages * this.#cycle.expectedFrameBytes;
  }

  /**
   * Judges bytes as they come, cut anywhere.
   * @returns how many messages they complete
   * @throws LoadFault where they differ from what is due
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

  /** Throws an LoadFault that says what is missing, if anything is. */
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

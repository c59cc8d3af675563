// Sends the prepared messages of a connection in order.
import type { MessageCycle } from './message-cycle.js';
import type { SocketWriter } from './socket-writer.js';

/** Sends the messages of a cycle in order, with one write per call. */
export class CycleWriter {
  readonly #cycle: MessageCycle;
  readonly #write: SocketWriter;
  /**
   * Stretches of outgoing frames by start and count. They are made when they are first needed and
   * kept, so that sending allocates no object.
   */
  readonly #stretches: (Buffer | undefined)[] = [];
  #next = 0;

  constructor(cycle: MessageCycle, write: SocketWriter) {
    this.#cycle = cycle;
    this.#write = write;
  }

  /**
   * Sends the next messages.
   * @param messages from 1 to the length of the cycle minus one
   */
  send(messages: number): void {
    const { outgoing, outgoingFrameBytes, messages: all } = this.#cycle;
    const key = this.#next * all + messages;
    const stretch = (this.#stretches[key] ??= outgoing.subarray(
      this.#next * outgoingFrameBytes,
      (this.#next + messages) * outgoingFrameBytes,
    ));
    this.#next = (this.#next + messages) % all;
    this.#write(stretch);
  }
}

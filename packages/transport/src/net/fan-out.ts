import {
  type BytePool,
  Metric,
  type Metrics,
  type PublishResult,
  publishResult,
  type Sendable,
  type SendOptions,
  type Topic,
} from '@hioload/api';
import { FrameEncoder } from '@hioload/protocol';
import type { OutgoingMessage } from '../message/outgoing-message.js';
import { SharedFrame } from './shared-frame.js';
import type { Topics } from './topics.js';

/** Who can be published to. */
export interface Subscriber {
  /**
   * Takes one published message. False where it is lost: then `lose` is due, once no topic is being
   * walked.
   */
  deliver(frame: SharedFrame): boolean;
  /** A message to it was lost. */
  lose(bytes: Uint8Array, start: number, end: number, isBinary: boolean): void;
}

/**
 * Publishing to the subscribers of one transport: a message is encoded once, whatever their number.
 */
export class FanOut<Conn extends Subscriber> {
  readonly #topics: Topics<Conn>;
  readonly #metrics: Metrics;
  readonly #outgoing: OutgoingMessage;
  readonly #encoder: FrameEncoder;

  constructor(topics: Topics<Conn>, metrics: Metrics, outgoing: OutgoingMessage, pool: BytePool) {
    this.#topics = topics;
    this.#metrics = metrics;
    this.#outgoing = outgoing;
    this.#encoder = new FrameEncoder({ role: 'server', pool });
  }

  /** @param sender who is left out */
  publish(
    sender: Conn | null,
    topic: Topic,
    message: Sendable,
    options: SendOptions | undefined,
  ): PublishResult {
    const subscribers = this.#topics.subscribers(topic);
    if (subscribers === undefined) return publishResult(0, 0);
    const receivers = subscribers.size - (sender !== null && subscribers.has(sender) ? 1 : 0);
    if (receivers === 0) return publishResult(0, 0);
    const outgoing = this.#outgoing;
    outgoing.set(message, options);
    const { isBinary } = outgoing;
    const isEncoded = outgoing.encode(this.#encoder);
    outgoing.clear();
    this.#spread(subscribers, receivers, sender, isEncoded, isBinary);
    return publishResult(1, 0);
  }

  /** Hands on what another reactor published. @returns how many subscribers there were */
  deliver(topic: Topic, bytes: Uint8Array, start: number, end: number, isBinary: boolean): number {
    const subscribers = this.#topics.subscribers(topic);
    if (subscribers === undefined) return 0;
    const { size } = subscribers;
    this.#spread(
      subscribers,
      size,
      null,
      this.#encoder.message(bytes, start, end, isBinary),
      isBinary,
    );
    return size;
  }

  #spread(
    subscribers: ReadonlySet<Conn>,
    receivers: number,
    sender: Conn | null,
    isEncoded: boolean,
    isBinary: boolean,
  ): void {
    const metrics = this.#metrics;
    metrics.add(Metric.MessagesOut, receivers);
    const frames = isEncoded ? this.#encoder.take() : undefined;
    if (frames === undefined) {
      // No memory for even one copy of it: lost for all.
      metrics.add(Metric.DroppedBufferFull, receivers);
      return;
    }
    const frame = new SharedFrame(frames, isBinary);
    metrics.add(Metric.MessageBytesOut, receivers * (frame.end - frame.payloadStart));
    let losers: Conn[] | undefined;
    for (const conn of subscribers) {
      if (conn !== sender && !conn.deliver(frame)) (losers ??= []).push(conn);
    }
    // Only now, because a hook may change who is subscribed.
    for (const conn of losers ?? [])
      conn.lose(frame.bytes, frame.payloadStart, frame.end, isBinary);
    frame.release();
  }
}

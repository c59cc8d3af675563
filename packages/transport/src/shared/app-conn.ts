/* The object that stands for a connection in the hands of the application. */
import {
  assertFunction,
  type Bytes,
  type ConnId,
  type ConnState,
  type PublishResult,
  type Sendable,
  type SendOptions,
  type SendStatus,
  type Topic,
  type WebSocketConn,
} from '@hioload/api';

/** A connection inside of a transport. The application never gets this object. */
export interface InnerConn extends Omit<WebSocketConn, 'data' | 'protocol'> {
  /** The object that the application gets in the place of this one. */
  readonly app: AppConn;
}

/**
 * Passes each call on to the connection inside of the transport. The application may freeze this
 * object, give it properties or take its prototype away. The transport does not use this object
 * itself, so none of that reaches the transport. A hook that fails because of it costs its own
 * connection.
 */
export class AppConn implements WebSocketConn {
  readonly id: ConnId;
  readonly data: unknown;
  readonly remoteAddress: string;
  readonly protocol: string;
  readonly #inner: InnerConn;

  constructor(inner: InnerConn, data: unknown, protocol: string) {
    this.id = inner.id;
    this.data = data;
    this.remoteAddress = inner.remoteAddress;
    this.protocol = protocol;
    this.#inner = inner;
  }

  get bufferedBytes(): number {
    return this.#inner.bufferedBytes;
  }

  get state(): ConnState {
    return this.#inner.state;
  }

  send(message: Sendable, options?: SendOptions): SendStatus {
    return this.#inner.send(message, options);
  }

  ping(payload?: string | Bytes): SendStatus {
    return this.#inner.ping(payload);
  }

  subscribe(topic: Topic): boolean {
    return this.#inner.subscribe(topic);
  }

  unsubscribe(topic: Topic): boolean {
    return this.#inner.unsubscribe(topic);
  }

  isSubscribed(topic: Topic): boolean {
    return this.#inner.isSubscribed(topic);
  }

  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult {
    return this.#inner.publish(topic, message, options);
  }

  cork(work: () => unknown): void {
    assertFunction('the work of cork', work);
    this.#inner.cork(work);
  }

  end(code?: number, reason?: string): void {
    this.#inner.end(code, reason);
  }

  terminate(): void {
    this.#inner.terminate();
  }
}

// All connections share the prototype: one connection must not change it for the others.
Object.freeze(AppConn.prototype);

// One open connection of the fake transport: joins the end of the server to the peer.
import {
  type Cancel,
  CloseCode,
  closedMetric,
  Metric,
  type PublishResult,
  publishResult,
  type Topic,
} from '@hioload/api';
import type { CapturedMessage } from './captured.js';
import { type ConnEvents, FakeConn } from './conn.js';
import type { Hub } from './hub.js';
import { FakeMessage, lendBytes } from './message.js';
import type { OutboundFrame } from './outbound.js';
import type { FakePeer, PeerControls, PeerWire } from './peer.js';
import { FakeRateLimit } from './fake-rate-limit.js';

/** The parts that a connection starts with. */
export interface SessionStart<Data> {
  readonly data: Data;
  readonly protocol: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly remoteAddress: string;
}

/**
 * One open connection: the server's end, the peer's end, and the handlers and counters between
 * them.
 */
export class Session<Data> implements PeerWire, ConnEvents {
  readonly #hub: Hub<Data>;
  readonly #peer: FakePeer<Data>;
  readonly #controls: PeerControls<Data>;
  readonly #conn: FakeConn<Data>;
  readonly #messages: FakeRateLimit;
  readonly #headers: ReadonlyMap<string, string>;
  #heardAtMs: number;
  #cancelIdleCheck: Cancel = () => undefined;

  constructor(
    hub: Hub<Data>,
    peer: FakePeer<Data>,
    controls: PeerControls<Data>,
    start: SessionStart<Data>,
  ) {
    const { limits, whenBufferFull } = hub.options;
    this.#hub = hub;
    this.#peer = peer;
    this.#controls = controls;
    this.#conn = new FakeConn<Data>(
      { ...start, id: hub.takeConnId(), limits, whenBufferFull },
      this,
    );
    this.#messages = new FakeRateLimit(limits.maxMessagesPerSecond, hub.clock);
    this.#heardAtMs = hub.clock.now();
    this.#headers = start.headers;
  }

  /** Opens both ends, then tells the application. */
  open(): void {
    const { metrics, handlers } = this.#hub.options;
    this.#scheduleIdleCheck();
    this.#hub.conns.add(this.#conn);
    metrics.add(Metric.Connections, 1);
    metrics.add(Metric.ConnectionsOpened, 1);
    this.#controls.opened(this, this.#conn, this.#headers);
    this.#hub.call('open', this.#conn, () => handlers.open?.(this.#conn));
  }

  message(message: CapturedMessage): void {
    this.#arrival(() => {
      const { limits, metrics, handlers } = this.#hub.options;
      const { bytes, isBinary } = message;
      if (bytes.length > limits.maxPayloadBytes) return this.#conn.end(CloseCode.MessageTooBig);
      if (!this.#messages.take()) return this.#conn.end(CloseCode.PolicyViolation);
      metrics.add(Metric.MessagesIn, 1);
      metrics.add(Metric.MessageBytesIn, bytes.length);
      const incoming = new FakeMessage(bytes, { binary: isBinary });
      this.#hub.call('message', this.#conn, () =>
        incoming.lend((lent) => handlers.message?.(this.#conn, lent)),
      );
    });
  }

  ping(payload: Uint8Array<ArrayBuffer>): void {
    this.#arrival(() => {
      this.#conn.answerPing(payload);
      const { handlers } = this.#hub.options;
      this.#hub.call('ping', this.#conn, () =>
        lendBytes(payload, (view) => handlers.ping?.(this.#conn, view)),
      );
    });
  }

  pong(payload: Uint8Array<ArrayBuffer>): void {
    this.#arrival(() => {
      const { handlers } = this.#hub.options;
      this.#hub.call('pong', this.#conn, () =>
        lendBytes(payload, (view) => handlers.pong?.(this.#conn, view)),
      );
    });
  }

  close(code: number, reason: string): void {
    this.#arrival(() => this.#conn.closeByPeer(code, reason));
  }

  vanish(): void {
    this.#arrival(() => this.#conn.terminate());
  }

  stopReading(kernelRoomBytes: number): void {
    this.#conn.stopReading(kernelRoomBytes);
  }

  resumeReading(): void {
    this.#hub.turns.run(() => this.#conn.resumeReading());
  }

  delivered(frame: OutboundFrame): void {
    this.#controls.take(frame);
  }

  accepted(message: CapturedMessage): void {
    this.#hub.countOut(message);
  }

  lost(message: CapturedMessage): void {
    this.#hub.reportLost(this.#conn, message);
  }

  corked(returned: unknown): void {
    this.#hub.watch('cork', this.#conn, returned);
  }

  drained(): void {
    this.#hub.call('drain', this.#conn, () => this.#hub.options.handlers.drain?.(this.#conn));
  }

  closed(code: number, reason: string): void {
    const { metrics, admission, handlers } = this.#hub.options;
    this.#cancelIdleCheck();
    this.#hub.conns.delete(this.#conn);
    metrics.add(Metric.Connections, -1);
    metrics.add(closedMetric(code), 1);
    admission.release(this.#conn.remoteAddress);
    if (code === CloseCode.Abnormal) this.#controls.cut();
    this.#hub.call('close', this.#conn, () => handlers.close?.(this.#conn, code, reason));
  }

  subscribed(topic: Topic): void {
    this.#hub.onSubscribed(topic);
  }

  unsubscribed(topic: Topic): void {
    this.#hub.onUnsubscribed(topic);
  }

  publish(topic: Topic, message: CapturedMessage): PublishResult {
    const here = this.#hub.deliver(topic, message, this.#conn) > 0 ? 1 : 0;
    const { uplink } = this.#hub.options;
    if (uplink === undefined) return publishResult(here, 0);
    const beyond = uplink.publish(topic, message.bytes, { binary: message.isBinary });
    return publishResult(here + beyond.reactors, beyond.lanesFull);
  }

  #arrival(work: () => void): void {
    this.#hub.turns.run(() => {
      if (this.#conn.closedWith !== undefined) return;
      this.#heardAtMs = this.#hub.clock.now();
      work();
    });
  }

  #scheduleIdleCheck(): void {
    const idleMs = this.#hub.options.limits.idleTimeoutSeconds * 1_000;
    if (idleMs === 0) return;
    const dueMs = this.#heardAtMs + idleMs;
    this.#cancelIdleCheck = this.#hub.clock.after(dueMs - this.#hub.clock.now(), () =>
      this.#hub.turns.run(() => this.#checkIdle(dueMs)),
    );
  }

  #checkIdle(dueMs: number): void {
    if (this.#conn.closedWith !== undefined) return;
    // A real transport pings in the meantime, and every living peer that reads answers the pings.
    if (this.#peer.answersPings && this.#peer.reads) this.#heardAtMs = dueMs;
    const silent = this.#heardAtMs + this.#hub.options.limits.idleTimeoutSeconds * 1_000 <= dueMs;
    if (silent) this.#conn.terminate();
    else this.#scheduleIdleCheck();
  }
}

/** A whole transport kind over the package `ws`: a Unix socket for each reactor, no TCP. */
import {
  AdmissionVerdict,
  closedMetric,
  type ConnId,
  ConnState,
  type Exemption,
  HioloadError,
  type IncomingMessage,
  isHostAllowed,
  isOriginAllowed,
  isPathServed,
  Metric,
  type PublishResult,
  publishResult,
  reactorOf,
  type Sendable,
  type SendOptions,
  SendStatus,
  type Topic,
  type Transport,
  type TransportKind,
  type TransportOptions,
  type WebSocketConn,
} from '@hioload/reactor';
import { once } from 'node:events';
import { createServer, type IncomingMessage as HttpRequest, STATUS_CODES } from 'node:http';
import { join } from 'node:path';
import { type WebSocket, WebSocketServer } from 'ws';

/** The settings and hooks of an application that this kind does not honour. */
const exemptions: readonly Exemption[] = [
  {
    id: 'no-compression',
    rule: 'compression: a client that offers it gets it',
    instead: 'no connection is compressed',
  },
  {
    id: 'no-pages',
    rule: 'pages: a GET of the path of a page is answered with the page',
    instead: 'every request that is no handshake is answered with 426',
  },
  {
    id: 'no-subprotocols',
    rule: 'protocols: a connection has the best subprotocol that the client offers',
    instead: 'no connection has a subprotocol',
  },
  {
    id: 'few-limits',
    rule: 'limits: the transport keeps every limit',
    instead: 'it keeps maxPayloadBytes, maxBufferedBytes and the limits of the admission',
  },
  {
    id: 'drops-only',
    rule: 'whenBufferFull: close ends a connection whose queue is full',
    instead: 'a full queue drops the message, with both policies',
  },
  {
    id: 'no-queue-and-ping-hooks',
    rule: 'the transport calls the hooks drain, dropped, ping and pong',
    instead: 'it never calls them',
  },
  {
    id: 'few-metrics',
    rule: 'the transport counts messages, bytes, pings and drops',
    instead: 'it counts connections, refused handshakes and handler faults',
  },
];
const features = { sharesPort: true, usesPort: false, exemptions };

class OwnTransport implements Transport {
  readonly features = features;
  readonly options: TransportOptions;
  /** Open and closing connections by their ids. */
  readonly connections = new Map<number, OwnConn>();
  readonly topics = new Map<Topic, Set<OwnConn>>();
  readonly #sockets: WebSocketServer;
  readonly #server = createServer((_, response) => void response.writeHead(426).end());
  #nextId: number;

  constructor(options: TransportOptions) {
    this.options = options;
    this.#nextId = options.firstConnId;
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: options.limits.maxPayloadBytes,
      handleProtocols: () => false,
    });
    this.#server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => undefined); // `close` follows.
      const refusal = this.#judge(request);
      if (refusal !== undefined) {
        const [status, metric] = refusal;
        options.metrics.add(metric, 1);
        return void socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n\r\n`);
      }
      let opened = false;
      socket.once('close', () => opened || options.admission.release(''));
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
        opened = true;
        this.#open(webSocket);
      });
    });
  }

  get connectionCount(): number {
    return this.connections.size;
  }

  async listen(): Promise<number> {
    const reactor = reactorOf(this.options.firstConnId as ConnId);
    this.#server.listen(join(process.env['OWN_SOCKETS']!, `${reactor}.sock`));
    await once(this.#server, 'listening');
    return 0; // A Unix socket has no port.
  }

  stopListening(): void {
    this.#server.close();
  }

  forEachConnection(visit: (conn: WebSocketConn) => void): void {
    for (const conn of this.connections.values()) if (conn.state === ConnState.Open) visit(conn);
  }

  connection(id: ConnId): WebSocketConn | undefined {
    const conn = this.connections.get(id);
    return conn?.state === ConnState.Open ? conn : undefined;
  }

  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult {
    return publishResult(this.send(topic, message, options, undefined) > 0 ? 1 : 0, 0);
  }

  deliver(topic: Topic, bytes: Uint8Array, start: number, end: number, isBinary: boolean): number {
    // The bytes lie in shared memory and are the caller's again on return, so they are copied.
    const copy = Buffer.from(bytes.subarray(start, end));
    return this.send(topic, copy, { binary: isBinary }, undefined);
  }

  /** Sends to every subscriber but the sender; returns how many there are. */
  send(
    topic: Topic,
    message: Sendable,
    options: SendOptions | undefined,
    sender: OwnConn | undefined,
  ): number {
    const subscribers = this.topics.get(topic) ?? new Set();
    for (const conn of subscribers) if (conn !== sender) conn.send(message, options);
    return subscribers.size;
  }

  close(): void {
    this.stopListening();
    for (const conn of this.connections.values()) conn.terminate();
  }

  /** Calls a hook. What the hook throws costs its connection, and is told. */
  call(conn: OwnConn, hook: () => unknown): void {
    const failed = (cause: unknown): void => {
      this.options.metrics.add(Metric.HandlerFaults, 1);
      conn.end(1011);
      const error = new HioloadError('HIOLOAD_HANDLER_FAILED', 'a hook failed', { cause });
      this.options.onFault(error, conn);
    };
    try {
      Promise.resolve(hook()).catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  /** Admits a handshake, or returns the status and the metric of the refusal. */
  #judge({ url = '', headers }: HttpRequest): readonly [number, number] | undefined {
    const { path, allowedOrigins, allowedHosts, admission } = this.options;
    if (allowedHosts !== undefined && !isHostAllowed(headers.host ?? '', allowedHosts))
      return [421, Metric.RejectedHost];
    if (!isPathServed(url.split('?', 1)[0]!, path)) return [404, Metric.RejectedPath];
    if (!isOriginAllowed(headers.origin, headers.host ?? '', allowedOrigins))
      return [403, Metric.RejectedOrigin];
    switch (admission.admit('')) {
      case AdmissionVerdict.Admitted:
        return undefined;
      case AdmissionVerdict.Full:
        return [503, Metric.RejectedFull];
      case AdmissionVerdict.AddressFull:
        return [429, Metric.RejectedAddressFull];
      case AdmissionVerdict.TooFast:
        return [503, Metric.RejectedTooFast];
      case AdmissionVerdict.Draining:
        return [503, Metric.RejectedDraining];
    }
  }

  #open(webSocket: WebSocket): void {
    const { handlers, metrics, admission } = this.options;
    const conn = new OwnConn(this, webSocket, this.#nextId++ as ConnId);
    this.connections.set(conn.id, conn);
    metrics.add(Metric.Connections, 1);
    metrics.add(Metric.ConnectionsOpened, 1);
    webSocket.on('message', (data: Buffer, isBinary) => {
      this.call(conn, () => handlers.message?.(conn, new OwnMessage(data, isBinary)));
    });
    webSocket.on('error', () => undefined); // `close` follows.
    webSocket.on('close', (code, reason) => {
      conn.leaveTopics();
      this.connections.delete(conn.id);
      metrics.add(Metric.Connections, -1);
      metrics.add(closedMetric(code), 1);
      admission.release('');
      this.call(conn, () => handlers.close?.(conn, code, String(reason)));
    });
    this.call(conn, () => handlers.open?.(conn));
  }
}

class OwnConn implements WebSocketConn {
  readonly id: ConnId;
  readonly data = undefined;
  readonly remoteAddress = '';
  readonly protocol = '';
  readonly #transport: OwnTransport;
  readonly #webSocket: WebSocket;
  readonly #topics = new Set<Topic>();

  constructor(transport: OwnTransport, webSocket: WebSocket, id: ConnId) {
    this.#transport = transport;
    this.#webSocket = webSocket;
    this.id = id;
  }

  get bufferedBytes(): number {
    return this.#webSocket.bufferedAmount;
  }

  get state(): ConnState {
    const { readyState } = this.#webSocket;
    if (readyState === 1) return ConnState.Open;
    return readyState === 3 ? ConnState.Closed : ConnState.Closing;
  }

  send(message: Sendable, options?: SendOptions): SendStatus {
    if (this.state !== ConnState.Open) return SendStatus.Closed;
    const { limits } = this.#transport.options;
    if (this.bufferedBytes > limits.maxBufferedBytes) return SendStatus.Dropped;
    const { payload, isBinary } = toPayload(message);
    this.#webSocket.send(payload, { binary: options?.binary ?? isBinary });
    return this.bufferedBytes > 0 ? SendStatus.Buffered : SendStatus.Sent;
  }

  ping(payload?: string | Uint8Array): SendStatus {
    if (this.state !== ConnState.Open) return SendStatus.Closed;
    this.#webSocket.ping(payload);
    return SendStatus.Sent;
  }

  subscribe(topic: Topic): boolean {
    if (this.state !== ConnState.Open) return false;
    const { topics, options } = this.#transport;
    const subscribers = topics.get(topic);
    if (subscribers === undefined) {
      topics.set(topic, new Set([this]));
      options.uplink?.topicGained(topic);
    } else subscribers.add(this);
    this.#topics.add(topic);
    return true;
  }

  unsubscribe(topic: Topic): boolean {
    const { topics, options } = this.#transport;
    const subscribers = topics.get(topic);
    if (subscribers?.delete(this) !== true) return false;
    this.#topics.delete(topic);
    if (subscribers.size > 0) return true;
    topics.delete(topic);
    options.uplink?.topicLost(topic);
    return true;
  }

  isSubscribed(topic: Topic): boolean {
    return this.#topics.has(topic);
  }

  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult {
    const here = this.#transport.send(topic, message, options, this) > 0 ? 1 : 0;
    const beyond = this.#transport.options.uplink?.publish(topic, message, options);
    return publishResult(here + (beyond?.reactors ?? 0), beyond?.lanesFull ?? 0);
  }

  leaveTopics(): void {
    for (const topic of this.#topics) this.unsubscribe(topic);
  }

  cork(work: () => void): void {
    work();
  }

  end(code = 1000, reason = ''): void {
    this.#webSocket.close(code, reason);
  }

  terminate(): void {
    this.#webSocket.terminate();
  }
}

class OwnMessage implements IncomingMessage {
  readonly isBinary: boolean;
  readonly #payload: Buffer;

  constructor(payload: Buffer, isBinary: boolean) {
    this.#payload = payload;
    this.isBinary = isBinary;
  }

  get byteLength(): number {
    return this.#payload.length;
  }

  bytes(): Uint8Array {
    return this.#payload;
  }

  text(): string {
    return this.#payload.toString();
  }

  json<T>(): T {
    return JSON.parse(this.text()) as T;
  }

  copy(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#payload);
  }
}

/** A copy of what is sent, because `ws` may write it later, and whether it goes out as binary. */
function toPayload(message: Sendable): { payload: string | Buffer; isBinary: boolean } {
  if (typeof message === 'string') return { payload: message, isBinary: false };
  if ('isBinary' in message)
    return { payload: Buffer.from(message.bytes()), isBinary: message.isBinary };
  const view = message instanceof Uint8Array ? message : new Uint8Array(message);
  return { payload: Buffer.from(view), isBinary: true };
}

const kind: TransportKind = {
  name: 'ws-unix',
  features,
  async create(options) {
    // A hook that is not called would let everybody in.
    if (options.handlers.upgrade !== undefined)
      throw new Error('the upgrade hook is not supported');
    return new OwnTransport(options);
  },
};

export default kind;

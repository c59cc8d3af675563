/*
 * The part of uWebSockets.js that this transport uses, as version 20 behaves. It is declared here,
 * because a build without the optional module has no declarations of it, and because those leave
 * out a form of `listen` that is used.
 */

import type { Bytes } from '@hioload/api';

/** A text or bytes for a native call. Nobody keeps it after the call. */
export type NativePayload = string | Bytes;

/** The answers of `send` and `ping`. */
export const NativeSendStatus = { Buffered: 0, Sent: 1, Dropped: 2 } as const;

/** A WebSocket. Every call throws after `end`, after `close` and after the close event. */
export interface NativeSocket<Conn> {
  /**
   * The connection of this transport. The library copies it from the object that `upgrade` got,
   * which is the fastest way from a socket to its connection.
   */
  readonly conn: Conn;
  send(message: NativePayload, isBinary: boolean): number;
  ping(message?: NativePayload): number;
  getBufferedAmount(): number;
  /** Sends a close frame and emits the close event before it returns. */
  end(code: number, reason: string): void;
  /** Cuts the connection and emits the close event before it returns. */
  close(): void;
  subscribe(topic: string): boolean;
  unsubscribe(topic: string): boolean;
  isSubscribed(topic: string): boolean;
  publish(topic: string, message: NativePayload, isBinary: boolean): boolean;
  cork(work: () => void): unknown;
}

/** A request, valid until its handler returns. */
export interface NativeRequest {
  getCaseSensitiveMethod(): string;
  getUrl(): string;
  getQuery(): string | undefined;
  forEach(visit: (name: string, value: string) => void): void;
}

declare const contextBrand: unique symbol;
/** The context that an upgraded socket joins. It lives as long as the app. */
export interface NativeContext {
  readonly [contextBrand]: true;
}

/** The answer to a request. Every call throws after `end`, `upgrade` or an abort. */
export interface NativeResponse {
  getRemoteAddress(): ArrayBuffer;
  writeStatus(status: string): unknown;
  writeHeader(name: string, value: NativePayload): unknown;
  end(body: NativePayload, closeConnection: boolean): unknown;
  /** Answers a HEAD with the length of a body that is not sent. */
  endWithoutBody(reportedLength: number, closeConnection: boolean): unknown;
  /**
   * Writes a part of a body of `totalSize` bytes, as much as the kernel takes.
   * @returns whether all of the part was taken, and whether the answer is complete
   */
  tryEnd(part: NativePayload, totalSize: number): readonly [isTaken: boolean, isDone: boolean];
  /** Sets the function that writes on, from an offset in the body. It returns `isTaken`. */
  onWritable(handler: (offset: number) => boolean): unknown;
  /** Cuts the connection. */
  close(): unknown;
  onAborted(handler: () => void): unknown;
  cork(work: () => void): unknown;
  upgrade<Conn>(
    userData: { readonly conn: Conn },
    key: string,
    protocol: string,
    extensions: string,
    context: NativeContext,
  ): void;
}

/** The settings and callbacks of a WebSocket route. The buffers of a callback end with it. */
export interface NativeBehavior<Conn> {
  readonly compression: number;
  readonly maxPayloadLength: number;
  readonly maxBackpressure: number;
  readonly closeOnBackpressureLimit: boolean;
  readonly idleTimeout: number;
  readonly sendPingsAutomatically: boolean;
  readonly upgrade: (res: NativeResponse, req: NativeRequest, context: NativeContext) => void;
  readonly open: (socket: NativeSocket<Conn>) => void;
  readonly message: (socket: NativeSocket<Conn>, message: ArrayBuffer, isBinary: boolean) => void;
  readonly dropped: (socket: NativeSocket<Conn>, message: ArrayBuffer, isBinary: boolean) => void;
  readonly drain: (socket: NativeSocket<Conn>) => void;
  readonly close: (socket: NativeSocket<Conn>, code: number, reason: ArrayBuffer) => void;
  ping?: (socket: NativeSocket<Conn>, payload: ArrayBuffer) => void;
  pong?: (socket: NativeSocket<Conn>, payload: ArrayBuffer) => void;
}

declare const listenSocketBrand: unique symbol;
/** A listening socket. A second close, or a close after that of the app, crashes the process. */
export interface NativeListenSocket {
  readonly [listenSocketBrand]: true;
}

/** An app: routes, their sockets and one tree of topics. */
export interface NativeApp {
  ws<Conn>(pattern: string, behavior: NativeBehavior<Conn>): unknown;
  any(pattern: string, handler: (res: NativeResponse, req: NativeRequest) => void): unknown;
  /** Calls `done` before it returns. */
  listen(
    host: string,
    port: number,
    options: number,
    done: (socket: NativeListenSocket | false) => void,
  ): unknown;
  publish(topic: string, message: NativePayload, isBinary: boolean): boolean;
  numSubscribers(topic: string): number;
  /** Closes all sockets. The close events come before it returns. */
  close(): unknown;
}

/** The module. */
export interface NativeModule {
  App(): NativeApp;
  us_listen_socket_close(socket: NativeListenSocket): void;
  us_socket_local_port(socket: NativeListenSocket): number;
  readonly LIBUS_LISTEN_EXCLUSIVE_PORT: number;
  readonly DISABLED: number;
}

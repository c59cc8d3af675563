/*
 * The part of uWebSockets.js that this transport uses, as its version 20 behaves. Declared here
 * because its own declarations are not there where the optional dependency is not, and leave out
 * what is used of `listen`.
 */

import type { Bytes } from '@hioload/api';

/** What native calls take as text or bytes. Neither they nor we keep it. */
export type NativePayload = string | Bytes;

/** Answers of `send` and `ping`. */
export const NativeSendStatus = { Buffered: 0, Sent: 1, Dropped: 2 } as const;

/** A WebSocket; every call throws once `end`, `close` or the close event has gone by. */
export interface NativeSocket<Conn> {
  /**
   * Ours: copied here from the object that was handed to `upgrade`. The fastest way from a socket
   * to its connection.
   */
  readonly conn: Conn;
  send(message: NativePayload, isBinary: boolean): number;
  ping(message?: NativePayload): number;
  getBufferedAmount(): number;
  /** Sends a close frame and emits the close event before it returns. */
  end(code: number, reason: string): void;
  /** Cuts, and emits the close event before it returns. */
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
/** Where an upgraded socket goes; lives as long as the app. */
export interface NativeContext {
  readonly [contextBrand]: true;
}

/** The answer to a request. Every call throws after `end`, `upgrade` or an abort. */
export interface NativeResponse {
  getRemoteAddress(): ArrayBuffer;
  writeStatus(status: string): unknown;
  writeHeader(name: string, value: string): unknown;
  end(body: NativePayload, closeConnection: boolean): unknown;
  /** Answers a HEAD: with the length of a body that is not sent. */
  endWithoutBody(reportedLength: number, closeConnection: boolean): unknown;
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

/**
 * Settings and callbacks of a WebSocket route. Buffers that callbacks are handed end with the
 * callback.
 */
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
/** A listening socket. Closing one twice, or one of a closed app, crashes the process. */
export interface NativeListenSocket {
  readonly [listenSocketBrand]: true;
}

/** One app: routes, their sockets and one tree of topics. */
export interface NativeApp {
  ws<Conn>(pattern: string, behavior: NativeBehavior<Conn>): unknown;
  any(pattern: string, handler: (res: NativeResponse, req: NativeRequest) => void): unknown;
  /** Calls back before it returns. */
  listen(
    host: string,
    port: number,
    options: number,
    done: (socket: NativeListenSocket | false) => void,
  ): unknown;
  publish(topic: string, message: NativePayload, isBinary: boolean): boolean;
  numSubscribers(topic: string): number;
  /**
   * Closes the listening sockets and cuts all others; emits their close events before it returns.
   */
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

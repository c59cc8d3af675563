// The messages between the launcher and the server process.
import type { ErrorCode } from '@hioload/api';
import type { ServerRequest } from '../options/server-request.js';
import type { LogStyle } from '../log/logger.js';

/** What the launcher tells the server process, over the channel between them. */
export type ToServer =
  | { readonly type: 'start'; readonly options: ServerRequest; readonly logStyle: LogStyle }
  | { readonly type: 'drain'; readonly reason: string };

/** Where a server is reached, with the port that its pages of health and metrics have. */
export interface ReadyMessage {
  readonly type: 'ready';
  /** Null if the network of the transport has no ports. */
  readonly url: string | null;
  readonly port: number;
  readonly adminPort: number | null;
}

/** Why a server could not start. */
export interface FailedMessage {
  readonly type: 'failed';
  /** `undefined` where something threw that is no error of the framework. */
  readonly code: ErrorCode | undefined;
  /** Whether the operator must change the input: the start cannot succeed by itself later. */
  readonly isBadInput: boolean;
  readonly message: string;
  /** Stack of what lies behind it, such as the application's own error. */
  readonly stack: string | undefined;
}

/** What the server process tells the launcher. */
export type FromServer =
  | ReadyMessage
  | FailedMessage
  /**
   * Everything has gone, or the deadline has passed. Reactors that are stuck make the process kill
   * itself.
   */
  | { readonly type: 'drained'; readonly cut: number; readonly stuck: readonly number[] };

/** What precedes the address of the inspector among the arguments of the server process. */
export const INSPECT_ARGUMENT = '--inspect=';

/** Why a request was not done. */
export type ErrorCode =
  /** A binary message; the protocol is JSON in text messages. */
  | 'binary'
  | 'bad-json'
  /** A field is missing or has a value that is not allowed. */
  | 'bad-request'
  | 'not-in-room'
  /** The connection is in as many rooms as its tenant allows. */
  | 'too-many-rooms'
  /** The tenant has as many rooms as its quota allows. */
  | 'quota-topics'
  /** The tenant says more in a second than its quota allows. */
  | 'quota-rate';

/** The first message of the server. */
export interface Welcome {
  readonly type: 'welcome';
  readonly tenant: string;
  /** The reactor that the connection lives on, from 0, and how many there are. */
  readonly reactor: number;
  readonly reactors: number;
}

/** The connection is in a room now. */
export interface Joined {
  readonly type: 'joined';
  readonly room: string;
  /** Connections in the room, on all reactors, this one included. */
  readonly people: number;
}

/** The connection is no longer in a room. */
export interface Left {
  readonly type: 'left';
  readonly room: string;
}

/** Somebody in a room of the connection said something; who said it hears it too. */
export interface Said {
  readonly type: 'said';
  readonly room: string;
  readonly name: string;
  readonly text: string;
  /** The reactor it was said on. */
  readonly reactor: number;
  /** The `ref` of the request, for who said it, and where it had one. */
  readonly ref?: number;
}

/** Another number of people is in a room. Several changes close to each other are told as one. */
export interface Presence {
  readonly type: 'presence';
  readonly room: string;
  readonly people: number;
}

/** A request was not done. The connection goes on. */
export interface ErrorReply {
  readonly type: 'error';
  readonly code: ErrorCode;
  /** For people: names the thing, its value and what is allowed. */
  readonly message: string;
  /** The `ref` of the request, where it had one. */
  readonly ref?: number;
}

/** Everything that the server sends to a member. */
export type Reply = Welcome | Joined | Left | Said | Presence | ErrorReply;

/** How a message looks on the wire. `type` comes first, so that its first bytes say what it is. */
export function encode(reply: Reply): string {
  return JSON.stringify(reply);
}

/** How every {@link Said} begins on the wire. */
export const SAID_PREFIX = '{"type":"said"';

/** Makes an error; without `ref` where the request had none. */
export function errorReply(code: ErrorCode, message: string, ref: number | undefined): ErrorReply {
  return { type: 'error', code, message, ...(ref !== undefined && { ref }) };
}

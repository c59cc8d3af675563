/** Why a request was not done. */
export type ReplyCode =
  /** The message was binary; the protocol is JSON in text messages. */
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
  /** The reactor of the connection, from 0, and the number of reactors. */
  readonly reactor: number;
  readonly reactors: number;
}

/** The connection is in a room now. */
export interface Joined {
  readonly type: 'joined';
  readonly room: string;
  /** Connections in the room, on all reactors, including this one. */
  readonly people: number;
}

/** The connection is no longer in a room. */
export interface Left {
  readonly type: 'left';
  readonly room: string;
}

/** A member of a room said something. The speaker gets this message too. */
export interface Said {
  readonly type: 'said';
  readonly room: string;
  readonly name: string;
  readonly text: string;
  /** The reactor of the speaker. */
  readonly reactor: number;
  /** The `ref` of the request, only for the speaker and only if the request had one. */
  readonly ref?: number;
}

/** The number of people in a room changed. Several changes in a short time give one message. */
export interface PresenceReply {
  readonly type: 'presence';
  readonly room: string;
  readonly people: number;
}

/** A request failed. The connection stays open. */
export interface ErrorReply {
  readonly type: 'error';
  readonly code: ReplyCode;
  /** A text for people: it names the thing, the allowed values and the value that came. */
  readonly message: string;
  /** The `ref` of the request, if it had one. */
  readonly ref?: number;
}

/** Every message from the server to a member. */
export type Reply = Welcome | Joined | Left | Said | PresenceReply | ErrorReply;

/**
 * Encodes a message for the wire. `type` comes first, so that the first bytes tell the kind of
 * message.
 */
export function encode(reply: Reply): string {
  return JSON.stringify(reply);
}

/** The first bytes of every {@link Said} on the wire. */
export const SAID_PREFIX = '{"type":"said"';

/** Makes an error, with a `ref` if the request had one. */
export function errorReply(code: ReplyCode, message: string, ref: number | undefined): ErrorReply {
  return { type: 'error', code, message, ...(ref !== undefined && { ref }) };
}

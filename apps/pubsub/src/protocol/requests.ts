// The requests that a client may send, and the parser that checks them.
import { isPersonName, isRoomName, NAME_LENGTH, ROOM_LENGTH, TEXT_LENGTH } from './bounds.js';
import { errorReply, type ErrorReply } from './replies.js';

/**
 * A number that a request may carry. It comes back in an error about the request, and with the said
 * message.
 */
interface Numbered {
  readonly ref: number | undefined;
}

/** Joins a room under a name. A second join changes the name. */
export interface Join extends Numbered {
  readonly type: 'join';
  readonly room: string;
  readonly name: string;
  /** Whether the member gets the number of people in the room when it changes. Default: true. */
  readonly presence: boolean;
}

/** Leaves a room. */
export interface Leave extends Numbered {
  readonly type: 'leave';
  readonly room: string;
}

/** Says something to all members of a room. */
export interface Say extends Numbered {
  readonly type: 'say';
  readonly room: string;
  readonly text: string;
}

/** Every message from a member to the server. */
export type ChatRequest = Join | Leave | Say;

type Fields = Readonly<Record<string, unknown>>;

/** Parses a message of a client. It never throws: a wrong message gives an error reply. */
export function parseRequest(text: string): ChatRequest | ErrorReply {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return errorReply(
      'bad-json',
      'the message must be a JSON object with a type; it is not JSON',
      undefined,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return errorReply(
      'bad-request',
      `the message must be a JSON object with a type; got ${shown(value)}`,
      undefined,
    );
  }
  return read(value as Fields);
}

function read(fields: Fields): ChatRequest | ErrorReply {
  const { type, room, name, text, presence = true, ref } = fields;
  if (ref !== undefined && !(Number.isSafeInteger(ref) && (ref as number) >= 0)) {
    return refused('ref', ref, 'a whole number from 0', undefined);
  }
  const known = ref as number | undefined;
  if (type !== 'join' && type !== 'leave' && type !== 'say') {
    return refused('type', type, 'join, leave or say', known);
  }
  if (typeof room !== 'string' || !isRoomName(room)) {
    const allowed =
      `1 to ${ROOM_LENGTH} letters, digits, spaces, dots, dashes and underscores, a letter or ` +
      'digit first';
    return refused('room', room, allowed, known);
  }
  if (type === 'leave') return { type, room, ref: known };
  if (type === 'say') {
    if (typeof text === 'string' && text !== '' && text.length <= TEXT_LENGTH)
      return { type, room, text, ref: known };
    return refused('text', text, `1 to ${TEXT_LENGTH} characters`, known);
  }
  if (typeof name !== 'string' || !isPersonName(name)) {
    return refused(
      'name',
      name,
      `1 to ${NAME_LENGTH} visible characters, no blank at either end`,
      known,
    );
  }
  if (typeof presence !== 'boolean') return refused('presence', presence, 'true or false', known);
  return { type, room, name, presence, ref: known };
}

function refused(
  field: string,
  value: unknown,
  allowed: string,
  ref: number | undefined,
): ErrorReply {
  return errorReply('bad-request', `${field} must be ${allowed}; got ${shown(value)}`, ref);
}

const SHOWN_LENGTH = 60;

/** Shows a value in an error, in one line at most. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= SHOWN_LENGTH
    ? text
    : `${text.slice(0, SHOWN_LENGTH)}... (${text.length} characters)`;
}

import { CloseCode } from './close-codes.js';

/** One row of the error table. */
export interface ErrorDefinition {
  /** What went wrong, in one sentence, for the page of errors. */
  readonly meaning: string;
  /** What the reader can do about it. */
  readonly remedy: string;
  /**
   * The close code that a peer sees when the error costs it its connection; absent where no peer is
   * concerned.
   */
  readonly closeCode?: CloseCode;
}

/**
 * Every error the framework throws, by its stable code. A code never changes its meaning; messages
 * may be reworded. What is expected of a running server (a full queue, a closed peer) is a value
 * and not an error.
 */
export const ERROR_TABLE = {
  HIOLOAD_OPTION_INVALID: {
    meaning: 'An option has a value that is not allowed.',
    remedy: 'The message names the option, the value and what is allowed.',
  },
  HIOLOAD_CONFIG_UNREADABLE: {
    meaning: 'The configuration file cannot be read or parsed.',
    remedy: 'Check the path and the JSON syntax at the place named.',
  },
  HIOLOAD_PORT_IN_USE: {
    meaning: 'Another socket listens on the port already.',
    remedy: 'End the other process or choose another port; port 0 takes a free one.',
  },
  HIOLOAD_ADDRESS_UNAVAILABLE: {
    meaning:
      'The host and port cannot be bound: the address is not of this machine, or the port ' +
      'needs privileges.',
    remedy: 'Choose an address of this machine and a port above 1023.',
  },
  HIOLOAD_MODULE_NOT_FOUND: {
    meaning: 'A module that an option names does not exist.',
    remedy: 'Check the path, which is relative to the working directory.',
  },
  HIOLOAD_MODULE_FAILED: {
    meaning: 'A module threw while it was evaluated, or the start hook of the application failed.',
    remedy: 'The cause carries the stack of the application.',
  },
  HIOLOAD_MODULE_NO_APP: {
    meaning: 'The default export of the application module is no application.',
    remedy: 'Write `export default defineApp({ ... })`.',
  },
  HIOLOAD_PART_INVALID: {
    meaning: 'A part of your own, such as a transport kind, does not keep its contract.',
    remedy: 'The message names the module of the part, the member, and what is needed.',
  },
  HIOLOAD_PART_FAILED: {
    meaning: 'A part of your own, such as a transport kind, failed while it was put to use.',
    remedy: 'The message names the module of the part; the cause carries its stack.',
  },
  HIOLOAD_APP_INVALID: {
    meaning: 'An application definition has a field of the wrong kind or an unknown field.',
    remedy: 'The message names the field, the value and what is allowed.',
  },
  HIOLOAD_TRANSPORT_UNAVAILABLE: {
    meaning: 'The transport asked for cannot be loaded on this machine.',
    remedy: '`hioload doctor` says why; another Node version or C library may be needed.',
  },
  HIOLOAD_REACTOR_START_TIMEOUT: {
    meaning: 'A reactor was not ready within the time allowed for its start.',
    remedy: 'Look for a top-level await or a start hook of the application that does not end.',
  },
  HIOLOAD_REACTOR_START_FAILED: {
    meaning: 'A reactor ended before it was ready.',
    remedy: 'The cause carries the error of the reactor.',
  },
  HIOLOAD_STATE: {
    meaning: 'A call that the state of the object does not allow.',
    remedy: 'The message names the state and the states in which the call is allowed.',
  },
  HIOLOAD_CLOSE_CODE_INVALID: {
    meaning: 'A close code that must not be sent (RFC 6455 section 7.4).',
    remedy: 'Use 1000..1003, 1007..1014 or 3000..4999.',
  },
  HIOLOAD_CLOSE_REASON_TOO_LONG: {
    meaning: 'A close reason of more bytes than a close frame holds.',
    remedy: 'Shorten it to 123 bytes of UTF-8.',
  },
  HIOLOAD_CONTROL_PAYLOAD_TOO_LONG: {
    meaning: 'A ping payload of more bytes than a control frame holds.',
    remedy: 'Shorten it to 125 bytes.',
  },
  HIOLOAD_TOPIC_INVALID: {
    meaning: 'A topic that is empty, longer than the limit, or no well-formed Unicode.',
    remedy: 'Shorten the topic, raise `maxTopicBytes`, or call `toWellFormed()` on it.',
  },
  HIOLOAD_MESSAGE_EXPIRED: {
    meaning: 'An incoming message was used after its handler returned or awaited.',
    remedy: 'Take what you need, or a `copy()`, before the first await.',
  },
  HIOLOAD_UPGRADE_INVALID: {
    meaning: 'An upgrade hook returned a decision that cannot be carried out.',
    remedy: 'The message names the field, the value and what is allowed.',
    closeCode: CloseCode.InternalError,
  },
  HIOLOAD_HANDLER_FAILED: {
    meaning:
      'A hook or listener of the application threw or rejected; a hook costs its connection, ' +
      'the reactor goes on.',
    remedy: 'The cause carries the stack of the application.',
    closeCode: CloseCode.InternalError,
  },
  HIOLOAD_CPU_LIST_INVALID: {
    meaning: 'A list of CPUs is not written the way the kernel writes one.',
    remedy:
      'Write numbers and ranges, such as `0-3,8`; the message names the list and the part ' +
      'that is wrong.',
  },
  HIOLOAD_TOPOLOGY_UNREADABLE: {
    meaning: 'The operating system does not tell which CPUs the machine has.',
    remedy: 'The message names what was asked; on Linux `/sys` and `/proc` have to be mounted.',
  },
  HIOLOAD_PLACEMENT_IMPOSSIBLE: {
    meaning: 'More reactors were asked for than there are CPUs to run them.',
    remedy: '`hioload topology` shows the CPUs that this process may use.',
  },
  HIOLOAD_AFFINITY_FAILED: {
    meaning: 'A thread could not be pinned to its CPUs, or runs elsewhere than it was pinned to.',
    remedy:
      '`hioload doctor` says whether taskset is there and what the cpuset allows; `--pin off` ' +
      'serves unpinned.',
  },
  HIOLOAD_SHARED_LAYOUT: {
    meaning:
      'Shared memory does not hold the structure that was looked for: too small, misaligned, ' +
      'or of another build.',
    remedy:
      'Attach to the region that the creator handed out; all threads of a process have to run ' +
      'one build.',
  },
  HIOLOAD_ROLE_TAKEN: {
    meaning: 'A structure that takes one producer or one consumer has one already.',
    remedy: 'Attach each end once; `evict` frees the end of a thread that is gone.',
  },
  HIOLOAD_RECORD_TOO_LARGE: {
    meaning: 'A record of more bytes than the ring takes.',
    remedy:
      'The message names the limit; long payloads go into a slab, and the record carries a ' +
      'lease on it.',
  },
  HIOLOAD_RING_CORRUPT: {
    meaning: 'A ring holds a record that no producer has written.',
    remedy: 'Replace the ring; some code wrote to shared memory that it did not own.',
  },
  HIOLOAD_LEASE_ENDED: {
    meaning:
      'Something borrowed was used or given back after it had been given back, or to whom it ' +
      'was not borrowed from.',
    remedy:
      'Give each lease back once, as the last thing done with it; retain a block that is ' +
      'needed longer.',
  },
} as const satisfies Record<string, ErrorDefinition>;

/** The stable code of an error. */
export type ErrorCode = keyof typeof ERROR_TABLE;

/**
 * The one class of errors that the framework throws: misuse, bad options and what cannot be had.
 */
export class HioloadError extends Error {
  override readonly name = 'HioloadError';
  readonly code: ErrorCode;

  /** @param message one line that names the thing, its value and what is allowed */
  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Whether a value is an error of this framework. A module that a user loads may hold a second copy
 * of this package, whose errors are of another class, so that `instanceof` does not tell.
 */
export function isHioloadError(value: unknown): value is HioloadError {
  if (!(value instanceof Error) || value.name !== 'HioloadError') return false;
  return 'code' in value && Object.hasOwn(ERROR_TABLE, String(value.code));
}

/** The errors that the framework throws: one table of codes, and one class. */
import { CloseCode } from './close-codes.js';

/** One row of the error table, and of `docs/errors.md`. */
export interface ErrorDefinition {
  /** What went wrong, in one sentence. */
  readonly meaning: string;
  /** What the reader can do about the error. */
  readonly remedy: string;
  /** The close code that the peer sees if the error ends its connection; else absent. */
  readonly closeCode?: CloseCode;
}

/**
 * Every error that the framework throws, by its stable code. The meaning of a code never changes;
 * the words of a message may change. A running server expects some outcomes, such as a full queue
 * or a closed peer: these are return values and not errors.
 */
export const ERROR_TABLE = {
  HIOLOAD_OPTION_INVALID: {
    meaning: 'An option has a wrong value.',
    remedy: 'The message names the option, the allowed values and the value that it got.',
  },
  HIOLOAD_CONFIG_UNREADABLE: {
    meaning: 'The configuration file cannot be read or parsed.',
    remedy: 'Check the path, and the JSON syntax at the line and column that the message names.',
  },
  HIOLOAD_PORT_IN_USE: {
    meaning: 'Another socket already listens on the port.',
    remedy: 'End the other process, or choose another port; port 0 takes any free port.',
  },
  HIOLOAD_ADDRESS_UNAVAILABLE: {
    meaning:
      'The host and port cannot be bound: the address does not belong to this machine, or the ' +
      'port needs privileges.',
    remedy: 'Choose an address of this machine and a port above 1023.',
  },
  HIOLOAD_MODULE_NOT_FOUND: {
    meaning: 'A module that an option names does not exist.',
    remedy: 'Check the path; it is relative to the working directory.',
  },
  HIOLOAD_MODULE_FAILED: {
    meaning:
      'A module threw when it was loaded, or the start hook of the application failed. A ' +
      '`HioloadError` that was thrown there keeps its own code.',
    remedy: 'The cause of the error has the message and the stack of the application.',
  },
  HIOLOAD_MODULE_NO_APP: {
    meaning: 'The default export of the application module is not an application.',
    remedy: 'Write `export default defineApp({ ... })`.',
  },
  HIOLOAD_PART_INVALID: {
    meaning: 'A part of your own, such as a transport kind, does not keep its contract.',
    remedy: 'The message names the module of the part, the member, and what the member must be.',
  },
  HIOLOAD_PART_FAILED: {
    meaning:
      'A part of your own, such as a transport kind, failed while it was put to use. A ' +
      '`HioloadError` of the part keeps its own code.',
    remedy: 'The message names the module of the part; the cause has the stack of the part.',
  },
  HIOLOAD_APP_INVALID: {
    meaning: 'An application definition has an unknown field, or a field with a wrong value.',
    remedy: 'The message names the field, the allowed values and the value that it got.',
  },
  HIOLOAD_TRANSPORT_UNAVAILABLE: {
    meaning: 'The chosen transport cannot be loaded on this machine.',
    remedy: '`hioload doctor` says why. You may need another Node version or C library.',
  },
  HIOLOAD_REACTOR_START_TIMEOUT: {
    meaning: 'A reactor was not ready within `startTimeoutMs`.',
    remedy:
      'The message says what the reactor was doing. Raise `startTimeoutMs` on a busy machine; ' +
      'otherwise look for a start hook, a top-level await or a `listen()` that does not end.',
  },
  HIOLOAD_REACTOR_START_FAILED: {
    meaning: 'A reactor ended before it was ready.',
    remedy: 'The message has the text of the error in the reactor; the cause has its stack.',
  },
  HIOLOAD_STATE: {
    meaning: 'The object is in a state that does not allow the call.',
    remedy: 'The message names the state, and the states that allow the call.',
  },
  HIOLOAD_CLOSE_CODE_INVALID: {
    meaning: 'The close code must not be sent (RFC 6455 section 7.4).',
    remedy: 'Use 1000..1003, 1007..1014 or 3000..4999.',
  },
  HIOLOAD_CLOSE_REASON_TOO_LONG: {
    meaning: 'The close reason is longer than a close frame can hold.',
    remedy: 'Shorten the reason to 123 bytes of UTF-8.',
  },
  HIOLOAD_CONTROL_PAYLOAD_TOO_LONG: {
    meaning: 'The ping payload is longer than a control frame can hold.',
    remedy: 'Shorten the payload to 125 bytes.',
  },
  HIOLOAD_TOPIC_INVALID: {
    meaning: 'The topic is empty, longer than the limit, or not well-formed Unicode.',
    remedy: 'Shorten the topic, raise `maxTopicBytes`, or call `toWellFormed()` on the topic.',
  },
  HIOLOAD_MESSAGE_EXPIRED: {
    meaning: 'An incoming message was used after its handler had returned or awaited.',
    remedy: 'Read the message, or take a `copy()`, before the first await.',
  },
  HIOLOAD_UPGRADE_INVALID: {
    meaning: 'An upgrade hook returned a decision that the server cannot carry out.',
    remedy: 'The message names the field, its value and the allowed values.',
    closeCode: CloseCode.InternalError,
  },
  HIOLOAD_HANDLER_FAILED: {
    meaning:
      'A hook or listener of the application threw or rejected. A failed hook ends its ' +
      'connection; the reactor goes on.',
    remedy: 'The cause of the error has the stack of the application.',
    closeCode: CloseCode.InternalError,
  },
  HIOLOAD_CPU_LIST_INVALID: {
    meaning: 'A list of CPUs does not have the form that the kernel uses.',
    remedy:
      'Write numbers and ranges, such as `0-3,8`; the message names the list and the wrong part.',
  },
  HIOLOAD_TOPOLOGY_UNREADABLE: {
    meaning: 'The operating system does not say which CPUs the machine has.',
    remedy: 'The message names the source that failed; Linux needs `/sys` and `/proc` mounted.',
  },
  HIOLOAD_PLACEMENT_IMPOSSIBLE: {
    meaning: 'The server has fewer CPUs than the reactors that it should run.',
    remedy: 'Lower `reactors`; `hioload topology` shows the CPUs that this process may use.',
  },
  HIOLOAD_SYSTEM_CALL: {
    meaning: 'The kernel refused a system call.',
    remedy: 'Read the message: it names the call, its values and the meaning of the error number.',
  },
  HIOLOAD_AFFINITY_FAILED: {
    meaning: 'A thread could not be pinned to its CPUs, or runs on other CPUs.',
    remedy:
      '`hioload doctor` shows how threads can be bound and which CPUs the cpuset allows; ' +
      '`--pin off` serves without pinning.',
  },
  HIOLOAD_SHARED_LAYOUT: {
    meaning:
      'Shared memory does not hold the expected structure: it is too small, misaligned, or of ' +
      'another build.',
    remedy:
      'Attach to the region that the creator handed out; all threads of a process must run one ' +
      'build.',
  },
  HIOLOAD_ROLE_TAKEN: {
    meaning: 'The structure takes one producer and one consumer, and this end is already taken.',
    remedy: 'Attach each end once; `evict` frees the end of a thread that has ended.',
  },
  HIOLOAD_RECORD_TOO_LARGE: {
    meaning: 'The record is longer than the ring accepts.',
    remedy:
      'The message names the limit. Put a long payload into a slab, and its lease into the record.',
  },
  HIOLOAD_RING_CORRUPT: {
    meaning: 'A ring holds a record that no producer has written.',
    remedy: 'Replace the ring: some code wrote to shared memory that it did not own.',
  },
  HIOLOAD_LEASE_ENDED: {
    meaning:
      'A lease or an object of a pool was used or given back after its end, or was given back ' +
      'to another pool than its own.',
    remedy:
      'Give each lease back once, after its last use. Call `retain` to keep a block for longer.',
  },
} as const satisfies Record<string, ErrorDefinition>;

/** The stable code of an error. */
export type ErrorCode = keyof typeof ERROR_TABLE;

/** The one class of the errors that the framework throws. */
export class HioloadError extends Error {
  override readonly name = 'HioloadError';
  readonly code: ErrorCode;

  /** @param message one line that names the thing, the allowed values and the value that it got */
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

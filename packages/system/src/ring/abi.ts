// The numbers of io_uring that this package uses (linux/io_uring.h).

/** Operations of an entry. */
export const Op = {
  Nop: 0,
  Accept: 13,
  AsyncCancel: 14,
  Connect: 16,
  Close: 19,
  Send: 26,
  Receive: 27,
  Shutdown: 34,
} as const;
export type Op = (typeof Op)[keyof typeof Op];

/** `struct io_uring_params` as 32-bit words; the offsets of both queues follow the first words. */
export const PARAMETER_WORDS = 30;
export const SetupFlag = {
  CompletionCount: 1 << 3,
  SubmitAll: 1 << 7,
  SingleIssuer: 1 << 12,
  DeferTaskRun: 1 << 13,
} as const;

/** What the kernel must offer: both queues in one mapping, and no completion that is dropped. */
export const FEATURES = { SingleMapping: 1 << 0, NoDrop: 1 << 1 } as const;

/** Where the kernel maps the entries, from the descriptor of the ring. */
export const ENTRIES_OFFSET = 0x10000000n;
export const ENTRY_BYTES = 64;
export const COMPLETION_BYTES = 16;

/** Positions in the flags of the submission queue. */
export const QUEUE_OVERFLOW = 1 << 1;

export const ENTER_GET_EVENTS = 1n;

export const Register = { EventFd: 4, BufferRing: 22, UnregisterBufferRing: 23, SyncCancel: 24 };

/** The flag of an entry whose read buffer the kernel picks from a group. */
export const ENTRY_BUFFER_SELECT = 1 << 5;
/** `ioprio` of an accept and of a receive that goes on until it is cancelled. */
export const ACCEPT_MULTISHOT = 1 << 0;
export const RECEIVE_MULTISHOT = 1 << 1;
/** `op_flags` of a send that ends when all bytes are sent or the send fails. */
export const SEND_WAIT_ALL = 0x100;
/** `op_flags` of a send: a peer that has gone is an error and no signal (MSG_NOSIGNAL). */
export const SEND_NO_SIGNAL = 0x4000;

/** Flags of a completion. */
export const CompletionFlag = {
  /** The upper 16 bits are the number of the read buffer. */
  Buffer: 1 << 0,
  /** The operation goes on, and more completions follow. */
  More: 1 << 1,
} as const;

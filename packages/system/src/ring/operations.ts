// Prepares the operations of sockets: each function writes one entry of a ring.
import {
  ACCEPT_MULTISHOT,
  ENTRY_BUFFER_SELECT,
  Op,
  RECEIVE_MULTISHOT,
  SEND_NO_SIGNAL,
  SEND_WAIT_ALL,
} from './abi.js';
import type { Ring } from './ring.js';

const LOW_WORDS = 2 ** 32;

/** Accepts connections until it is cancelled. Each completion has the descriptor of one. */
export function acceptMany(ring: Ring, listener: number, low: number, high: number): void {
  const at = ring.prepare(Op.Accept, listener, low, high);
  ring.entryHalves[at * 2 + 1] = ACCEPT_MULTISHOT;
  ring.entryWords[at + 7] = CLOSE_ON_EXEC;
}
/** SOCK_CLOEXEC: a program that the application starts does not inherit the connection. */
const CLOSE_ON_EXEC = 0o2000000;

/**
 * Receives until the peer ends, an error comes, it is cancelled, or the group has no buffer left
 * (-ENOBUFS, -105). Each completion names the buffer and the number of its bytes.
 */
export function receiveMany(
  ring: Ring,
  fd: number,
  group: number,
  low: number,
  high: number,
): void {
  const at = ring.prepare(Op.Receive, fd, low, high);
  ring.entryBytes[at * 4 + 1] = ENTRY_BUFFER_SELECT;
  ring.entryHalves[at * 2 + 1] = RECEIVE_MULTISHOT;
  ring.entryHalves[at * 2 + 20] = group;
}

/** Sends `byteLength` bytes at an address. The completion comes when all are sent, or with less. */
export function send(
  ring: Ring,
  fd: number,
  address: number,
  byteLength: number,
  low: number,
  high: number,
): void {
  const at = ring.prepare(Op.Send, fd, low, high);
  const words = ring.entryWords;
  words[at + 4] = (address % LOW_WORDS) | 0;
  words[at + 5] = Math.floor(address / LOW_WORDS);
  words[at + 6] = byteLength;
  words[at + 7] = SEND_WAIT_ALL | SEND_NO_SIGNAL;
}

/** How a connection is shut: no more receives, no more sends, or both. */
export const Shut = { Receive: 0, Send: 1, Both: 2 } as const;
export type Shut = (typeof Shut)[keyof typeof Shut];

/** Shuts one or both directions of a connection, behind the operations that are under way. */
export function shutdown(ring: Ring, fd: number, how: Shut, low: number, high: number): void {
  const at = ring.prepare(Op.Shutdown, fd, low, high);
  ring.entryWords[at + 6] = how;
}

/** Closes a descriptor. Operations that are under way keep their socket until they end. */
export function close(ring: Ring, fd: number, low: number, high: number): void {
  ring.prepare(Op.Close, fd, low, high);
}

/** Cancels the operation that was prepared with `targetLow` and `targetHigh`. */
export function cancel(
  ring: Ring,
  targetLow: number,
  targetHigh: number,
  low: number,
  high: number,
): void {
  const at = ring.prepare(Op.AsyncCancel, -1, low, high);
  ring.entryWords[at + 4] = targetLow;
  ring.entryWords[at + 5] = targetHigh;
}

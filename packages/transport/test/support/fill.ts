// Test support: fills the outbound queue of a connection.
import { SendStatus, type WebSocketConn } from '@hioload/api';
import { setTimeout as delay } from 'node:timers/promises';

const CHUNK = Buffer.alloc(16_384, 0x2e);
/** More than any kernel takes for a loopback connection. */
const ENOUGH_BYTES = 64 * 1024 * 1024;

/**
 * Sends until the queue of a connection, whose peer does not read, is full. @returns the statuses
 * of all sends
 */
export function fillQueue(conn: WebSocketConn): SendStatus[] {
  const statuses: SendStatus[] = [];
  for (let bytes = 0; bytes < ENOUGH_BYTES; bytes += CHUNK.length) {
    const status = conn.send(CHUNK);
    statuses.push(status);
    if (status === SendStatus.Dropped || status === SendStatus.Closed) return statuses;
  }
  throw new Error('the queue does not fill: does the peer read?');
}

const CALM_CHECKS = 4;
const STEP_MS = 5;

/**
 * Sends until more than `maxBufferedBytes` stay queued; the kernel takes more bytes than at first.
 * No message has been lost yet, and the next one will be.
 */
export async function stuffQueue(conn: WebSocketConn, maxBufferedBytes: number): Promise<void> {
  for (let calm = 0; calm < CALM_CHECKS; calm++) {
    while (conn.bufferedBytes <= maxBufferedBytes) {
      conn.send(CHUNK);
      calm = 0;
    }
    await delay(STEP_MS);
  }
}

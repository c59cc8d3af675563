// Test support: counts handles, timers and bookings of a server.
import { FakeBytePool } from '@hioload/fake';
import {
  type RecordingOptions,
  type RecordingServer,
  serveRecording,
  type Subject,
} from '@hioload/test-support/servers';
import { eventually } from '@hioload/test-support/waiting';
import { expect } from 'vitest';

/** Kinds of resources that belong to the runner of the tests. */
const OF_THE_RUNNER = new Set([
  'PipeWrap',
  'MessagePort',
  'FSReqPromise',
  'FSReqCallback',
  'Worker',
]);

/** Handles and timers that are alive, counted by kind. */
function census(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) {
    if (!OF_THE_RUNNER.has(kind)) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** A server whose memory, handles, timers and bookings are counted. */
export interface CountedServer extends RecordingServer {
  readonly pool: FakeBytePool;
  /**
   * Expects every connection to be gone, with its bookings and blocks; the server still listens.
   */
  expectEmpty(): Promise<void>;
  /** Closes the server, and expects nothing to be left of it. */
  expectNothingLeft(): Promise<void>;
}

/**
 * Starts a server on a pool that counts; transports that bring memory of their own leave it alone.
 */
export async function serveCounted(
  subject: Subject,
  options: RecordingOptions = {},
): Promise<CountedServer> {
  const before = census();
  const pool = new FakeBytePool();
  const withPool: RecordingOptions & { readonly pool: FakeBytePool } = { ...options, pool };
  const server = await serveRecording(subject, withPool);
  const idleBlocks = pool.outstanding;
  return {
    ...server,
    pool,
    async expectEmpty() {
      await eventually('all connections are gone', () => server.transport.connectionCount === 0);
      await eventually('all bookings are given back', () => server.admission.booked === 0);
      await eventually('all blocks are given back', () => pool.outstanding === idleBlocks);
      expect(server.faults).toEqual([]);
    },
    async expectNothingLeft() {
      server.close();
      await eventually('all blocks are given back', () => pool.outstanding === 0);
      await eventually(`no handle or timer is left, ${JSON.stringify(before)} before`, () =>
        Object.entries(census()).every(([kind, count]) => count <= (before[kind] ?? 0)),
      );
      expect([server.transport.connectionCount, server.admission.booked, server.faults]).toEqual([
        0,
        0,
        [],
      ]);
    },
  };
}

// Test support: expects that a server still serves others after an attack.
import type { RecordingServer } from '@hioload/test-support/servers';
import { closeFrame, frame, head, Op, RawClient } from '@hioload/test-support/wire';
import { expect } from 'vitest';

/**
 * Expects a server to serve a peer that does nothing wrong, and to have met no fault of its own.
 */
export async function expectServes(server: RecordingServer): Promise<void> {
  const { recording, requestLine } = server.record();
  const client = new RawClient(server.port);
  client.write(head({ requestLine }));
  expect((await client.answer()).status).toBe(101);
  client.write(frame(Op.Text, 'well?'));
  client.write(closeFrame(1000));
  await client.ended();
  await recording.closed;
  client.destroy();
  expect(recording.messages).toHaveLength(1);
  expect(server.faults).toEqual([]);
}

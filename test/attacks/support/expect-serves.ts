import { expect } from 'vitest';
import { closeFrame, frame, Op } from '../../wire/frames.js';
import { head } from '../../wire/head.js';
import { RawClient } from '../../wire/raw-client.js';
import type { RecordingServer } from '../../subjects/recording-server.js';

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

// Conformance of messages of many sizes, in fragments and chunks.
import type { RecordingServer } from '@hioload/test-support/servers';
import {
  closeFrame,
  frame,
  head,
  Op,
  pattern,
  RawClient,
  showBytes,
  showFrames,
} from '@hioload/test-support/wire';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'vitest';
import { describeConformance } from './support/conformance.js';

const MIB = 1_048_576;
const MAX_FRAGMENTS = MIB / 64;
const COUNT = 1_000;

/** Sends pieces as fast as they are taken, then closes; expects every message back. */
async function echoes(
  server: RecordingServer,
  pieces: Iterable<Buffer>,
  expected: readonly string[],
): Promise<void> {
  const { recording, requestLine } = server.record();
  const client = new RawClient(server.port);
  client.write(head({ requestLine }));
  await client.answer();
  for (const piece of pieces) {
    client.write(piece);
    await turn();
  }
  client.write(closeFrame(1000));
  await client.ended();
  await recording.closed;
  client.destroy();
  expect(client.faults).toEqual([]);
  const { data, closeCode } = showFrames(client.frames);
  expect(data).toEqual(expected);
  expect([recording.messages, closeCode]).toEqual([expected, 1000]);
}

function* cut(bytes: Buffer, length: number): Iterable<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

describeConformance(
  'sizes and pace',
  ({ check }) => {
    for (const length of [0, 16, 64, 256, 1_024, 4_096, 16_384]) {
      for (const [kind, opcode] of [
        ['text', Op.Text],
        ['binary', Op.Binary],
      ] as const) {
        check(`${COUNT} ${kind} messages of ${length} bytes`, async (server) => {
          const payloads = Array.from(
            { length: COUNT },
            (_, i) => pattern(length, i).map((octet) => octet & 0x7f) as Buffer,
          );
          const frames = payloads.map((payload) =>
            frame(opcode, payload, { maskKey: 0x3141_5926 }),
          );
          await echoes(
            server,
            frames,
            payloads.map((payload) => showBytes(kind, payload)),
          );
        });
      }
    }

    const whole = pattern(MIB);
    for (const length of [MIB / MAX_FRAGMENTS, 256, 1_024, 4_096, 16_384, 65_536, 262_144]) {
      check(`1 MiB in fragments of ${length} bytes`, async (server) => {
        const parts = [...cut(whole, length)];
        const frames = parts.map((part, i) =>
          frame(i === 0 ? Op.Binary : Op.Continuation, part, {
            fin: i === parts.length - 1,
            maskKey: 0x2718_2818,
          }),
        );
        await echoes(server, frames, [showBytes('binary', whole)]);
      });
    }

    for (const length of [64, 128, 512, 1_024, 4_096, 65_536, MIB]) {
      check(`1 MiB in chunks of ${length} bytes`, async (server) => {
        await echoes(server, cut(frame(Op.Binary, whole, { maskKey: 0x2718_2818 }), length), [
          showBytes('binary', whole),
        ]);
      });
    }
  },
  { limits: { maxBufferedBytes: 64 * MIB, maxFragments: MAX_FRAGMENTS } },
);

// Test support: judges the answer of a server to a request head.
import type { RecordingServer } from '@hioload/test-support/servers';
import {
  ACCEPT_VALUE,
  closeFrame,
  frame,
  type HttpAnswer,
  Op,
  RawClient,
  showFrames,
} from '@hioload/test-support/wire';
import { expect } from 'vitest';
import { writePieces } from './cuts.js';
import { headInOctets } from './judge.js';

/** How a head is cut: a write for each line, for each octet, or one for all. */
const HEAD_CUTS = ['lines', 'octets', 'glued'] as const;

/** What has to come of a head. */
export interface HeadOutcome {
  readonly status: number;
  /** Fields by lower-case name; null for one that has to be absent. */
  readonly fields?: Readonly<Record<string, string | null>>;
}

/** Sends a head in each cut, and expects the same answer to all; what was accepted has to serve. */
export async function judgeHead(
  server: RecordingServer,
  text: string,
  outcome: HeadOutcome,
): Promise<void> {
  await Promise.all(
    HEAD_CUTS.map(async (cut) => {
      const client = new RawClient(server.port);
      try {
        await writePieces(client, piecesOf(server, text, cut));
        const answer = await client.answer();
        compareAnswer(answer, outcome, cut, text.startsWith('HEAD '));
        if (outcome.status === 101) await serves(client, cut);
      } finally {
        client.destroy();
      }
    }),
  );
}

function piecesOf(
  { subject }: RecordingServer,
  text: string,
  cut: (typeof HEAD_CUTS)[number],
): readonly Buffer[] {
  const bytes = Buffer.from(text, 'latin1');
  if (cut === 'glued') return [bytes];
  if (cut === 'octets') return headInOctets(text, subject.exemptions.has('split-handshake-505'));
  return text.split(/(?<=\n)/).map((line) => Buffer.from(line, 'latin1'));
}

function compareAnswer(
  { status, fields, body }: HttpAnswer,
  outcome: HeadOutcome,
  cut: string,
  isBodiless: boolean,
): void {
  const expected = outcome.fields ?? {};
  const found = Object.fromEntries(
    Object.keys(expected).map((name) => [name, fields.get(name) ?? null]),
  );
  expect({ status, fields: found }, cut).toEqual({ status: outcome.status, fields: expected });
  if (status === 101) {
    expect(fields.get('sec-websocket-accept'), cut).toBe(ACCEPT_VALUE);
    expect(fields.get('upgrade')?.toLowerCase(), cut).toBe('websocket');
    expect(fields.get('connection')?.toLowerCase(), cut).toBe('upgrade');
  } else {
    expect(fields.get('connection'), cut).toMatch(/\bclose\b/);
    if (status === 426) expect(fields.get('connection'), cut).toMatch(/\bupgrade\b/i);
    const length = Buffer.byteLength(body);
    // Without a length, the body ends with the connection.
    expect(length, cut).toBe(isBodiless ? 0 : Number(fields.get('content-length') ?? length));
  }
}

async function serves(client: RawClient, cut: string): Promise<void> {
  client.write(frame(Op.Text, 'hello'));
  client.write(closeFrame(1000));
  await client.ended();
  const { data, closeCode } = showFrames(client.frames);
  expect([data, closeCode], cut).toEqual([['text 68656c6c6f'], 1000]);
}

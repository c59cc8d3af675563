// Test support: judges what a server sends after given frames.
import type { Recording, RecordingServer } from '@hioload/test-support/servers';
import {
  closeFrame,
  frame,
  head,
  type HeadOptions,
  Op,
  RawClient,
  showBytes,
  showFrames,
  type Shown,
} from '@hioload/test-support/wire';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Cut, CUTS, cutUp, writePieces } from './cuts.js';

/** What an echo server has to answer before the end. */
export interface Answers {
  /** Messages, as {@link showBytes} shows them: each an echo, which the handler saw too. */
  readonly data?: readonly string[];
  readonly pongs?: readonly string[];
  /** Pongs that the handler saw. */
  readonly seenPongs?: readonly string[];
}

/** How a case has to end. */
export type Ending =
  /** The connection lives on: a later message is echoed and the close handshake succeeds. */
  | { readonly kind: 'holds' }
  /** The server fails the connection with a code, without waiting for more. */
  | { readonly kind: 'fails'; readonly code: number }
  /**
   * The frames hold a close frame, which is answered; code and reason are what the handler sees.
   */
  | { readonly kind: 'closes'; readonly code: number; readonly reason: string };

/** Bytes of a client, frame by frame, and what has to come of them. */
export interface FrameCase {
  readonly units: readonly Buffer[];
  readonly answers?: Answers;
  readonly ending: Ending;
  /** Makes what turns compressed messages of the server back, one after the other. */
  readonly newInflater?: () => (payload: Buffer) => Buffer;
  /** The handshake, but for its request line. */
  readonly head?: HeadOptions;
}

/**
 * In good time, on a busy machine; a server that waits for its peer to answer a failure takes
 * longer.
 */
const END_MS = 8_000;
const PROBE = 'still there?';
/**
 * What follows a fault: a server that goes on to echo it, or answers this close instead of failing,
 * has failed itself.
 */
const TRAP = [frame(Op.Text, 'after the fault'), closeFrame(1000, 'trap')];

/**
 * Runs a case in each cut, and expects the same of all.
 * @param endMs within which the server has to end the connection
 */
export async function judge(
  server: RecordingServer,
  frameCase: FrameCase,
  cuts: readonly Cut[] = CUTS,
  endMs = END_MS,
): Promise<void> {
  await Promise.all(cuts.map((cut) => judgeCut(server, frameCase, cut, endMs)));
}

async function judgeCut(
  server: RecordingServer,
  frameCase: FrameCase,
  cut: Cut,
  endMs: number,
): Promise<void> {
  const { recording, requestLine } = server.record();
  const client = new RawClient(server.port);
  try {
    await send(server, client, frameCase, cut, head({ ...frameCase.head, requestLine }));
    if (frameCase.ending.kind === 'holds') await partInPeace(client, frameCase);
    await client.until(`${cut}: the server ends the connection`, () => client.isEnded, endMs);
    await recording.closed;
    expect(client.faults, cut).toEqual([]);
    const shown = showFrames(client.frames, frameCase.newInflater?.());
    compare(server, frameCase, shown, recording, cut);
  } finally {
    client.destroy();
  }
}

async function send(
  { subject }: RecordingServer,
  client: RawClient,
  { units, ending }: FrameCase,
  cut: Cut,
  opening: string,
): Promise<void> {
  // Apart from the frames the client sends nothing more in one of the cuts: the end must not depend
  // on its answer.
  const frames = ending.kind === 'fails' && cut !== 'frames' ? [...units, ...TRAP] : units;
  const writes = cutUp(frames, cut);
  if (cut === 'glued' && !subject.exemptions.has('glued-frames-lost')) {
    client.write(Buffer.concat([Buffer.from(opening), ...writes]));
    return;
  }
  if (cut === 'octets')
    await writePieces(client, headInOctets(opening, subject.exemptions.has('split-handshake-505')));
  else client.write(opening);
  expect((await client.answer()).status, cut).toBe(101);
  await writePieces(client, writes);
}

/** @param keepsFirstLine whether the first line has to come in one piece */
export function headInOctets(opening: string, keepsFirstLine: boolean): readonly Buffer[] {
  const bytes = Buffer.from(opening, 'latin1');
  const from = keepsFirstLine ? bytes.indexOf('\r\n') + 2 : 0;
  return [
    ...(from > 0 ? [bytes.subarray(0, from)] : []),
    ...Array.from(bytes.subarray(from), (octet) => Buffer.of(octet)),
  ];
}

/** Shows that the connection lives, and closes it. */
async function partInPeace(client: RawClient, { answers = {} }: FrameCase): Promise<void> {
  const frames = (answers.data?.length ?? 0) + 1;
  client.write(frame(Op.Text, PROBE));
  await client.until(
    'the echo of the last message',
    () =>
      client.isEnded ||
      client.frames.filter(({ opcode, fin }) => opcode < Op.Close && fin).length >= frames,
  );
  client.write(closeFrame(1000));
  await turn();
}

function compare(
  { subject }: RecordingServer,
  { ending, answers = {} }: FrameCase,
  shown: Shown,
  recording: Recording,
  cut: Cut,
): void {
  const { data = [], pongs = [], seenPongs = [] } = answers;
  const messages =
    ending.kind === 'holds' ? [...data, showBytes('text', Buffer.from(PROBE))] : [...data];
  const isCut = ending.kind === 'fails' && subject.exemptions.has('no-close-frame');
  const code = ending.kind === 'holds' ? 1000 : ending.code;
  const seen = {
    handler: recording.messages,
    pings: recording.pings.length,
    pongs: recording.pongs,
    closes: recording.closes.map(([closed]) => closed),
    closeCode: shown.closeCode,
  };
  expect(seen, cut).toEqual({
    handler: messages,
    pings: pongs.length,
    pongs: [...seenPongs],
    closes: [isCut ? 1006 : code],
    closeCode: isCut ? 0 : code,
  });
  if (ending.kind === 'closes') expect(recording.closes, cut).toEqual([[code, ending.reason]]);
  // What a transport that cuts had not written yet goes with the connection.
  const isPrefix = (whole: readonly string[], part: readonly string[]): boolean =>
    part.every((one, i) => one === whole[i]);
  if (isCut)
    expect([isPrefix(messages, shown.data), isPrefix(pongs, shown.pongs)], cut).toEqual([
      true,
      true,
    ]);
  else expect([shown.data, shown.pongs], cut).toEqual([messages, pongs]);
}

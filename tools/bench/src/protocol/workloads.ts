// Makes the workloads of `bench protocol` for a codec.
import { type Codec, ReadTally, type Writing } from './codec.js';
import {
  ASCII_TEXT,
  BYTES,
  type ChunkSource,
  clientChunks,
  compressedChunk,
  CountingSocket,
  JSON_BYTES,
  rangesOf,
  requireEqual,
  type TextRanges,
  UNICODE_BYTES,
} from './material.js';
import type { Workload, WorkloadName } from './workload.js';

const MESSAGES = 200;

/** The functions that make each workload, one for each use. */
export function workloadsOf(codec: Codec): Readonly<Record<WorkloadName, () => Workload>> {
  /** @param source bytes that reading unmasks, or unmasked bytes */
  function reading(source: ChunkSource, messageBytes: number, isCompressed = false): Workload {
    const tally = new ReadTally();
    const read = codec.reader(source.isMasked, isCompressed, tally);
    let turns = 0;
    return {
      messagesPerTurn: source.frames,
      prepare: source.restore,
      turn: () => {
        turns += 1;
        for (const chunk of source.chunks) read(chunk);
        return tally.reached(turns * source.frames);
      },
      verify: () => {
        requireEqual('messages read', tally.messages, turns * source.frames);
        requireEqual('bytes read', tally.bytes, turns * source.frames * messageBytes);
      },
    };
  }

  /**
   * @param wireBytes length of a message on the wire; undefined if compression must make it shorter
   */
  function writing(
    what: Partial<Writing> & Pick<Writing, 'message'>,
    wireBytes?: number,
  ): Workload {
    const socket = new CountingSocket();
    const write = codec.writer({ isMasked: false, isCompressed: false, ...what }, socket);
    let turns = 0;
    return {
      messagesPerTurn: MESSAGES,
      turn: () => {
        turns += 1;
        return write(MESSAGES);
      },
      verify: () => {
        if (wireBytes !== undefined)
          requireEqual('bytes written', socket.bytes, turns * MESSAGES * wireBytes);
        else if (socket.bytes === 0 || socket.bytes >= turns * MESSAGES * what.message.length) {
          throw new Error('nothing was compressed');
        }
      },
    };
  }

  function checking({ bytes, starts, ends }: TextRanges): Workload {
    const isText = codec.textCheck();
    let good = 0;
    let turns = 0;
    return {
      messagesPerTurn: MESSAGES,
      turn: () => {
        for (let i = 0; i < MESSAGES; i++) {
          const which = (turns * MESSAGES + i) % starts.length;
          if (isText(bytes, starts[which]!, ends[which]!)) good += 1;
        }
        turns += 1;
      },
      verify: () => requireEqual('texts that are UTF-8', good, turns * MESSAGES),
    };
  }

  const slice = BYTES.subarray(9, 73);
  const text = ASCII_TEXT.slice(0, 64);
  const ascii = Buffer.from(ASCII_TEXT);
  const compressed: ChunkSource = {
    chunks: [compressedChunk(JSON_BYTES, MESSAGES)],
    frames: MESSAGES,
    isMasked: false,
    restore: () => {},
  };
  return {
    'read-64': () => reading(clientChunks(slice, true), 64),
    'read-64k': () => reading(clientChunks(BYTES, true), 65_536),
    'read-text': () => reading(clientChunks(ascii, false), ascii.length),
    'read-unicode': () => reading(clientChunks(UNICODE_BYTES, false), UNICODE_BYTES.length),
    'check-ascii': () => checking(rangesOf(ascii, 'alike')),
    'check-unicode': () => checking(rangesOf(UNICODE_BYTES, 'alike')),
    'check-anywhere': () => checking(rangesOf(UNICODE_BYTES, 'anywhere')),
    'write-64': () => writing({ message: slice }, 66),
    'write-text': () => writing({ message: text }, 66),
    'write-masked': () => writing({ message: slice, isMasked: true }, 70),
    deflate: () => writing({ message: JSON_BYTES, isCompressed: true }),
    inflate: () => reading(compressed, JSON_BYTES.length, true),
  };
}

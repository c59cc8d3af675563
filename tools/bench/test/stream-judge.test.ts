// Tests of prepared messages and of the comparison of received bytes.
import fc from 'fast-check';
import { applyMask, emptyFrameHeader, Opcode, readFrameHeader } from '@hioload/protocol';
import { describe, expect, it } from 'vitest';
import { StreamJudge } from '../src/load/stream-judge.js';
import { cycleBytes, type MessageCycle, prepareCycle } from '../src/load/message-cycle.js';

const PAYLOAD_BYTES = 20;
const IN_FLIGHT = 4;

const cycle = prepareCycle(3, PAYLOAD_BYTES, IN_FLIGHT);

/** The answers to a whole number of messages from the start of the cycle, as frames. */
function answers(count: number, of: MessageCycle = cycle): Buffer[] {
  return Array.from({ length: count }, (_, index) => {
    const start = (index % of.messages) * of.expectedFrameBytes;
    return Buffer.from(of.expected.subarray(start, start + of.expectedFrameBytes));
  });
}

function judge(sent: number): StreamJudge {
  const made = new StreamJudge(cycle, 'connection 3');
  made.sent(sent);
  return made;
}

const accept = (made: StreamJudge, frames: readonly Buffer[]): number => {
  const bytes = Buffer.concat(frames);
  return made.accept(bytes, bytes.length);
};

describe('prepareCycle', () => {
  it('prepares masked frames with the payloads that it expects back', () => {
    const header = emptyFrameHeader();
    for (let index = 0; index < 2 * cycle.messages; index += 1) {
      const start = index * cycle.outgoingFrameBytes;
      const end = start + cycle.outgoingFrameBytes;
      const length = readFrameHeader(cycle.outgoing, start, end, header);
      expect(header).toMatchObject({
        fin: true,
        rsv: 0,
        opcode: Opcode.Binary,
        masked: true,
        payloadBytes: 20,
      });
      const payload = Buffer.from(cycle.outgoing.subarray(start + length, end));
      applyMask(payload, 0, payload.length, header.maskKey);
      expect(payload).toEqual(answers(index + 1)[index]!.subarray(2));
    }
  });

  it('makes no two messages alike, on one connection or two', () => {
    const other = prepareCycle(4, PAYLOAD_BYTES, IN_FLIGHT);
    const all = [...answers(cycle.messages), ...answers(other.messages, other)].map((frame) =>
      frame.toString('hex'),
    );
    expect(new Set(all).size).toBe(2 * cycle.messages);
  });

  it('says beforehand how much memory it takes', () => {
    expect(cycleBytes(PAYLOAD_BYTES, IN_FLIGHT)).toBe(
      cycle.outgoing.length + cycle.expected.length,
    );
  });
});

describe('StreamJudge', () => {
  it('accepts the expected bytes over many cycles, cut anywhere', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 3 * cycle.expectedFrameBytes }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(cuts, (sizes) => {
        const total = 13;
        const stream = Buffer.concat(answers(total));
        const made = judge(0);
        let [at, sent, complete, turn] = [0, 0, 0, 0];
        while (at < stream.length) {
          // The cycle is made for this number of messages in flight.
          const more = Math.min(IN_FLIGHT - (sent - complete), total - sent);
          made.sent(more);
          sent += more;
          const due = sent * cycle.expectedFrameBytes - at;
          const size = Math.min(sizes[turn++ % sizes.length]!, due);
          complete += made.accept(stream.subarray(at, at + size), size);
          at += size;
          expect(made.outstanding).toBe(sent - complete);
        }
        expect(complete).toBe(total);
        made.settle('all is back');
      }),
    );
  });

  it('notices any single bit that differs, in header or payload', () => {
    const bits = cycle.expectedFrameBytes * 3 * 8;
    for (let bit = 0; bit < bits; bit += 1) {
      const stream = Buffer.concat(answers(3));
      stream[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => judge(IN_FLIGHT).accept(stream, stream.length)).toThrow(/connection 3: /);
    }
  });

  it.each([
    [
      'lost',
      [0, 2, 3],
      /message 2 of its cycle of 5 came where 1 was due: lost, repeated or moved/,
    ],
    ['repeated', [0, 0, 1], /message 0 of its cycle of 5 came where 1 was due/],
    ['reordered', [1, 0, 2], /message 1 of its cycle of 5 came where 0 was due/],
  ])('notices a message that is %s', (_, order, said) => {
    const frames = answers(IN_FLIGHT);
    const wrong = order.map((index) => frames[index]!);
    expect(() => accept(judge(IN_FLIGHT), wrong)).toThrow(said);
  });

  it('notices a message of another connection, and names the octet', () => {
    const other = answers(1, prepareCycle(4, PAYLOAD_BYTES, IN_FLIGHT));
    expect(() => accept(judge(1), other)).toThrow(
      /connection 3: octet 5 of the frame of message 0 is .*mixed up/,
    );
  });

  it('notices bytes that answer no message', () => {
    expect(() => accept(judge(1), answers(2))).toThrow(/22 bytes came that nothing was sent for/);
  });

  it('says at the end which messages are missing', () => {
    const made = judge(3);
    accept(made, answers(1));
    expect(made.outstanding).toBe(2);
    expect(() => made.settle('nothing came for 1 s')).toThrow(
      'connection 3: 2 messages are lost: nothing came for 1 s',
    );
  });
});

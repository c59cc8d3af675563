// Tests of the reader and the writer between two reactors.
import { describe, expect, it } from 'vitest';
import type { CrossPlan, CrossResult } from '../src/bus/cross/cross-messages.js';
import { nowNs, writeMessage } from '../src/bus/cross/cross-payload.js';
import { CrossReader } from '../src/bus/cross/cross-reader.js';
import { CROSS_SERIES } from '../src/bus/cross/cross-series.js';
import { describeCross } from '../src/bus/cross/cross-text.js';
import { writeAll } from '../src/bus/cross/cross-writer.js';
import { summarise } from '../src/core/statistics.js';

const PLAN: CrossPlan = {
  channel: 'bus',
  kind: 'throughput',
  loop: 'park',
  messageBytes: 64,
  warmUp: 2,
  messages: 8,
};

function message(number: number, sentNs = 0): Buffer {
  const bytes = Buffer.alloc(PLAN.messageBytes);
  writeMessage(bytes, number, sentNs);
  return bytes;
}

/** The report of a reader about some messages. */
function resultOf(messages: readonly Buffer[], plan = PLAN): CrossResult[] {
  const results: CrossResult[] = [];
  const reader = new CrossReader(plan, (result) => results.push(result));
  for (const bytes of messages) reader.read(bytes);
  return results;
}

const all = Array.from({ length: PLAN.messages }, (_, number) => message(number));
const fault = (text: string): CrossResult[] => [{ kind: 'fault', message: text }];

describe('CrossReader', () => {
  it('reports once, after the last message', () => {
    expect(resultOf(all.slice(0, -1))).toEqual([]);
    expect(resultOf([...all, message(8)])).toEqual([
      { kind: 'throughput', messagesPerSecond: expect.any(Number) as number },
    ]);
  });

  it('measures latency also when the clock wraps around', () => {
    const late = Array.from({ length: PLAN.messages }, (_, number) =>
      message(number, (nowNs() - 5e6) >>> 0),
    );
    const [result] = resultOf(late, { ...PLAN, kind: 'latency' });
    expect(result).toMatchObject({ kind: 'latency' });
    const { medianNs, p99Ns } = result as CrossResult & { kind: 'latency' };
    expect(medianNs).toBeGreaterThanOrEqual(5e6);
    expect(p99Ns).toBeGreaterThanOrEqual(medianNs);
  });

  it.each<[string, Buffer[], string]>([
    ['is lost', [all[0]!, all[2]!], 'message 2 came where 1 was due: lost, repeated or moved'],
    ['is repeated', [all[0]!, all[0]!], 'message 0 came where 1 was due: lost, repeated or moved'],
    [
      'is torn',
      [Buffer.concat([all[0]!.subarray(0, 60), all[3]!.subarray(60)])],
      'the end of message 0 belongs to 3: torn',
    ],
    ['is cut', [all[0]!.subarray(0, 40)], 'message 0 has 40 bytes, not 64'],
  ])('reports where a message %s', (_, messages, said) => {
    expect(resultOf([...messages, ...all])).toEqual(fault(said));
  });
});

describe('writeAll', () => {
  it('sends each message again until a reactor takes it', async () => {
    let tries = 0;
    const taken: Buffer[] = [];
    await writeAll(PLAN, (bytes) => {
      tries += 1;
      if (tries % 3 !== 0) return false;
      taken.push(Buffer.from(bytes));
      return true;
    });
    expect(taken).toEqual(all);
    expect(tries).toBe(3 * all.length);
  });

  it('writes the time of sending into each message', async () => {
    const taken: Buffer[] = [];
    await writeAll({ ...PLAN, kind: 'latency' }, (bytes) => taken.push(Buffer.from(bytes)) > 0);
    expect(resultOf(taken, { ...PLAN, kind: 'latency' })).toMatchObject([{ kind: 'latency' }]);
    expect(new Set(taken.map((bytes) => bytes.readUInt32LE(4))).size).toBe(all.length);
  });
});

describe('describeCross', () => {
  it('shows median, tail and the other load of the machine, with the goal below', () => {
    const one = (value: number) => summarise([value])!;
    const series = CROSS_SERIES.find(({ name }) => name === 'park latency')!;
    const bus = {
      value: summarise([60, 80, 70])!,
      p99: one(1_234),
      ratio: one(1),
      waitedShare: one(0.02),
    };
    const text = describeCross(series, 64, [{ channel: 'bus', ...bus }]);
    expect(text).toMatch(/^cross: .*, 64 bytes +median us +min \.\. max +p99 +to bus/);
    expect(text).toMatch(/^bus +70\.0 +60\.0 \.\. 80\.0 +1,234 +1\.000 +1\.000 \.\. 1\.000 +2 %$/m);
    expect(text).toMatch(/^goal: 120 us$/m);
  });
});

// Tests of the ring that carries the log lines of a reactor.
import { FakeLogger } from '@hioload/fake';
import { Heartbeat, type Region } from '@hioload/pool';
import { mpscLayout } from '@hioload/pool/internal';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type LogLine, LogReader, LogWriter } from '../../src/log/log-ring.js';

const line = (message: string, fields: LogLine['fields'] = {}): LogLine => ({
  level: 'info',
  message,
  fields,
});

let reader: LogReader;
afterEach(() => {
  vi.useRealTimers();
  reader.close();
});

function surroundings() {
  const log = new FakeLogger();
  reader = new LogReader(log);
  const seats = [reader.seat(), reader.seat()] as const;
  return { log, seats, writers: seats.map((seat) => new LogWriter(seat)) };
}

const nobody = (): Heartbeat[] => [];

describe('the log ring', () => {
  it('wakes the supervisor, which writes each line with its level and its fields', async () => {
    const { log, writers } = surroundings();
    writers[0]!.write({
      level: 'warn',
      message: 'careful',
      fields: { reactor: 0, map: new Map() },
    });
    await expect
      .poll(() => log.lines)
      .toEqual([{ level: 'warn', message: 'careful', fields: { reactor: 0, map: new Map() } }]);
  });

  it.each<[string, LogLine['fields']]>([
    ['texts, numbers and booleans', { text: 'ü\n"\ud83d', count: -1.5, isOn: false }],
    ['what JSON does not know', { none: undefined, not: NaN, big: 7n, when: new Date(0) }],
    ['errors and lists', { err: new Error('broken'), list: [1, { two: 2 }], nothing: null }],
  ])('carries %s', (_, fields) => {
    const { log, writers } = surroundings();
    writers[0]!.write(line('a line', fields));
    reader.read();
    expect(log.lines).toEqual([{ level: 'info', message: 'a line', fields }]);
  });

  it('keeps the order of each writer, however the lines are cut', () => {
    const { log, writers } = surroundings();
    const sent = [10, 5_000, 1, 20_000, 2_000].map((bytes, i) => `${i}${'x'.repeat(bytes)}`);
    for (const text of sent) for (const writer of writers) writer.write(line(text));
    reader.read();
    expect(log.lines.map(({ message }) => message)).toEqual(sent.flatMap((text) => [text, text]));
  });

  it('counts the lines that do not fit, and says so once', () => {
    const { log, writers } = surroundings();
    for (let i = 0; i < 1_500; i++) writers[0]!.write(line(String(i)));
    writers[0]!.write(line('x'.repeat(70_000)));
    reader.read();
    reader.read();
    const infos = log.lines.filter(({ level }) => level === 'info').map(({ message }) => message);
    expect(infos).toEqual(Array.from({ length: 1_024 }, (_, i) => String(i)));
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    expect(log.lines.at(-1)?.message).toMatch(/^log lines of reactors lost: 477;/);
  });

  it('tells of lost lines at most once a second in a flood, and of the rest at the end', () => {
    const { log, writers } = surroundings();
    for (let burst = 0; burst < 20; burst++) {
      for (let i = 0; i < 1_034; i++) writers[0]!.write(line('flood'));
      reader.read();
    }
    const losses = (): string[] => log.messages('warn');
    expect(losses()).toHaveLength(1);
    reader.close();
    expect(losses()).toEqual([
      expect.stringMatching(/^log lines of reactors lost: 10;/),
      expect.stringMatching(/^log lines of reactors lost: 190;/),
    ]);
  });

  it('goes on with the next line after one that fitted only in part', () => {
    const { log, writers } = surroundings();
    for (let i = 0; i < 1_022; i++) writers[0]!.write(line('short'));
    writers[0]!.write(line('y'.repeat(5_000)));
    reader.read();
    writers[0]!.write(line('after'));
    reader.read();
    expect(log.lines.some(({ message }) => message.startsWith('y'))).toBe(false);
    expect(log.lines.at(-1)?.message).toBe('after');
  });

  it('throws for a field that cannot be cloned, and keeps nothing of the line', () => {
    const { log, writers } = surroundings();
    expect(() => writers[0]!.write(line('no', { call: () => undefined }))).toThrow(
      /could not be cloned/,
    );
    reader.read();
    expect(log.lines).toEqual([]);
  });

  it('reads the last lines of a writer that has ended', () => {
    const { log, seats, writers } = surroundings();
    writers[1]!.write(line('the last words'));
    reader.end(seats[1].writer, nobody);
    expect(log.lines.map(({ message }) => message)).toEqual(['the last words']);
  });

  it('gives up the claim of a dead writer once all others have turned their loops', () => {
    const { log, seats, writers } = surroundings();
    // A writer that dies within a push leaves a claim without a record.
    claimOnly(seats[0].ring);
    writers[1]!.write(line('behind the claim'));
    const heart = new Heartbeat();
    let others: (Heartbeat | undefined)[] = [heart, undefined];
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    reader.end(seats[0].writer, () => others);
    for (let look = 0; look < 3; look++) {
      heart.beat();
      vi.advanceTimersByTime(50);
    }
    // The first thread has not registered its heartbeat, and then the second stands still.
    expect(log.lines).toEqual([]);
    others = [new Heartbeat()];
    vi.advanceTimersByTime(150);
    expect(log.lines).toEqual([]);
    others[0]!.beat();
    vi.advanceTimersByTime(50);
    expect(log.lines.map(({ message }) => message)).toEqual([
      'behind the claim',
      expect.stringMatching(/^log lines of reactors lost: 1;/),
    ]);
  });
});

/** Moves the tail of a ring on, as a producer does before it writes its record. */
function claimOnly(region: Region): void {
  const words = new Int32Array(region.buffer, region.byteOffset);
  Atomics.add(words, mpscLayout.TAIL, 1);
}

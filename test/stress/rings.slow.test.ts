// Stress tests of rings and lanes on two threads.
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { RecordStream } from './record-stream.js';
import { consumerOf, type RingJob, ringJobs } from './ring-jobs.js';
import { startThread } from './thread.js';

/** Longest time without a record, in milliseconds, before a ring counts as stuck. */
const STUCK_MS = 20_000;
const seed = Number(process.env['HIOLOAD_SEED'] ?? 20_261_123);

/** Receives all records of a job. Returns what is wrong, or `null`. */
function receive(job: RingJob): string | null {
  const consumer = consumerOf(job);
  const stream = new RecordStream(job.seed, job.leastBytes, job.mostBytes);
  let seen = 0;
  let wrong: string | null = null;
  let lastSeenMs = performance.now();
  while (seen < job.records && wrong === null) {
    const count = consumer.drain(256, (bytes, start, end) => {
      stream.next();
      const problem = stream.compare(bytes, start, end);
      if (problem !== null) wrong ??= `record ${seen} (seed ${job.seed}): ${problem}`;
      seen++;
    });
    if (count > 0) lastSeenMs = performance.now();
    else if (performance.now() - lastSeenMs > STUCK_MS)
      return `stuck after ${seen} of ${job.records} records`;
  }
  return wrong ?? (consumer.hasRecords() ? 'more records than were sent' : null);
}

describe('two threads', () => {
  it('lose, double, reorder and tear no record, at any sequence, capacity and length', async () => {
    const jobs = ringJobs(seed);
    const writer = await startThread('ring-writer.ts', { jobs });
    const ended = once(writer, 'exit');
    writer.postMessage('go');
    const problems = jobs
      .map((job) => [job.name, receive(job)])
      .filter(([, problem]) => problem !== null);
    expect(problems).toEqual([]);
    await ended;
  }, 120_000);
});

describe('a record stream', () => {
  it('notices a wrong byte, a wrong length and a wrong record', () => {
    const stream = new RecordStream(seed, 8, 8);
    stream.next();
    const sent = stream.bytes.slice();
    expect(stream.compare(sent, 0, 8)).toBeNull();
    expect(stream.compare(sent, 0, 7)).toContain('7 bytes instead of 8');
    sent[5]! ^= 1;
    expect(stream.compare(sent, 0, 8)).toContain('byte 5');
    stream.next();
    sent[5]! ^= 1;
    expect(stream.compare(sent, 0, 8)).not.toBeNull();
  });
});

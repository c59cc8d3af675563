// Tests of the output of log lines to a slow reader.
import { leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openOutput } from '../../src/log/output.js';

/** A pipe that the test reads. */
interface Pipe {
  /**
   * The writing end: blocking, as a process gets it from a shell, or non-blocking, as after Node
   * has opened its streams.
   */
  readonly writer: number;
  /** Reads the bytes that are in the pipe now. */
  read(): string;
}

function withPipe(flags: number, use: (pipe: Pipe) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'hioload-output-'));
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | flags);
  const chunk = Buffer.alloc(1 << 20);
  try {
    use({ writer, read: () => chunk.toString('latin1', 0, readSync(reader, chunk)) });
  } finally {
    closeSync(reader);
    closeSync(writer);
    rmSync(folder, { recursive: true });
  }
}

describe('openOutput', () => {
  it('has written the line when it returns', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hioload-output-'));
    const path = join(folder, 'log');
    const descriptor = openSync(path, 'w');
    try {
      const output = openOutput(descriptor, () => undefined);
      output.write('one\n');
      expect(readFileSync(path, 'utf8')).toBe('one\n');
      output.write('zwölf\n');
      expect(readFileSync(path, 'utf8')).toBe('one\nzwölf\n');
    } finally {
      closeSync(descriptor);
      rmSync(folder, { recursive: true });
    }
  });

  it.skipIf(leaveOutUnlessLinux('a log whose reader is slow or gone'))(
    'says once that the reader has gone, loses the lines, and writes for the next reader',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'hioload-output-'));
      const path = join(folder, 'pipe');
      execFileSync('mkfifo', [path]);
      const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      const writer = openSync(path, 'w');
      try {
        const told: string[] = [];
        const output = openOutput(writer, (code) => told.push(code));
        expect(output.write('read\n')).toBeUndefined();
        expect(told).toEqual([]);
        closeSync(reader);
        expect(output.write('lost\n')).toBe('EPIPE');
        expect(output.write('lost\n')).toBe('EPIPE');
        expect(told).toEqual(['EPIPE']);
        const next = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
        expect(output.write('again\n')).toBeUndefined();
        const bytes = Buffer.alloc(100);
        expect(bytes.toString('utf8', 0, readSync(next, bytes))).toBe('read\nagain\n');
        closeSync(next);
      } finally {
        closeSync(writer);
        rmSync(folder, { recursive: true });
      }
    },
  );

  it.skipIf(leaveOutUnlessLinux('a log whose reader is slow or gone'))(
    'loses a line that it cannot write, and does not throw',
    () => {
      const descriptor = openSync('/dev/full', 'w');
      try {
        const told: string[] = [];
        const output = openOutput(descriptor, (code) => told.push(code));
        expect(output.write('lost\n')).toBe('ENOSPC');
        expect(output.write('lost\n')).toBe('ENOSPC');
        expect(told).toEqual(['ENOSPC']);
      } finally {
        closeSync(descriptor);
      }
    },
  );

  describe.skipIf(leaveOutUnlessLinux('a log whose reader is slow or gone')).each([
    ['that is non-blocking', constants.O_NONBLOCK],
    ['that would block', 0],
  ])('with a full pipe %s', (_, flags) => {
    const LINE = `${'x'.repeat(9_999)}\n`;

    it('waits once for the reader, and then loses lines without a wait', () => {
      withPipe(flags, ({ writer }) => {
        const output = openOutput(writer, () => undefined);
        while (output.write(LINE) === undefined);
        const beginMs = performance.now();
        const fates = Array.from({ length: 100 }, () => output.write(LINE));
        // A wait of 200 ms for each line would take 20 s.
        expect(performance.now() - beginMs).toBeLessThan(2_000);
        expect(fates).toEqual(fates.map(() => 'EAGAIN'));
      });
    });

    it('keeps a begun line whole, and goes on when there is room', () => {
      withPipe(flags, ({ writer, read }) => {
        const output = openOutput(writer, () => undefined);
        let taken = 0;
        while (output.write(LINE) === undefined) taken++;
        expect(output.write('lost\n')).toBe('EAGAIN');
        const before = read();
        expect(before.endsWith('\n')).toBe(false);
        expect(output.write('after\n')).toBeUndefined();
        expect(before + read()).toBe(`${LINE.repeat(taken)}after\n`);
      });
    });
  });
});

import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openOutput } from '../../src/log/output.js';

describe('openOutput', () => {
  it('has written when it returns', () => {
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

  it.skipIf(process.platform === 'win32')('tells once that the reader has gone, and is silent from then on', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hioload-output-'));
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(path, 'w');
    try {
      let told = 0;
      const output = openOutput(writer, () => told++);
      output.write('read\n');
      expect(told).toBe(0);
      closeSync(reader);
      output.write('lost\n');
      output.write('lost\n');
      expect(told).toBe(1);
    } finally {
      closeSync(writer);
      rmSync(folder, { recursive: true });
    }
  });

  it.skipIf(process.platform !== 'linux')('loses a line rather than throw where it cannot be written', () => {
    const descriptor = openSync('/dev/full', 'w');
    try {
      let told = 0;
      const output = openOutput(descriptor, () => told++);
      expect(() => output.write('lost\n')).not.toThrow();
      expect(told).toBe(0);
    } finally {
      closeSync(descriptor);
    }
  });
});

// Tests that the codec leaves no garbage for a message.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const boot = fileURLToPath(new URL('./allocation/boot.mjs', import.meta.url));

/**
 * Measuring itself leaves some kilobytes, a fraction of a byte over 60,000 messages; the smallest
 * object there is takes 16.
 */
const NOTHING = 0.5;

describe('the protocol in steady state', () => {
  it('leaves no garbage for a message', async () => {
    const flags = [
      '--conditions=hioload-source',
      '--max-semi-space-size=256',
      '--min-semi-space-size=256',
    ];
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, boot]);
    const garbage = JSON.parse(stdout) as Record<string, number>;
    expect(Object.keys(garbage)).toHaveLength(12);
    const littering = Object.entries(garbage).filter(
      ([, bytes]) => bytes > NOTHING || bytes < -NOTHING,
    );
    expect(littering).toEqual([]);
  });
});

// Tests that a message leaves no garbage on its way through the net transport.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const boot = fileURLToPath(new URL('./allocation/boot.mjs', import.meta.url));

/**
 * The smallest object there is takes 16 bytes; the few of a read with hundreds of messages come to
 * less than one for each.
 */
const NOTHING = 2;

it(
  'a message leaves no garbage on its way through the transport',
  { timeout: 60_000 },
  async () => {
    const flags = [
      '--conditions=hioload-source',
      '--max-semi-space-size=256',
      '--min-semi-space-size=256',
    ];
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, boot]);
    const garbage = JSON.parse(stdout) as Record<string, number>;
    expect(Object.keys(garbage)).toHaveLength(3);
    expect(
      Object.entries(garbage).filter(([, bytes]) => bytes > NOTHING || bytes < -NOTHING),
    ).toEqual([]);
  },
);

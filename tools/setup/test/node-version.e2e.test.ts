// Tests of the check of the Node version.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

const CHECK = pathToFileURL(join(import.meta.dirname, '..', 'node-version.mjs')).href;

/** Runs the check in a Node that claims another version. */
function runAs(version: string): Promise<{ readonly code: number; readonly stderr: string }> {
  const script =
    `Object.defineProperty(process, 'versions', { value: { node: '${version}' } }); ` +
    `import('${CHECK}');`;
  return new Promise((resolve) => {
    execFile(process.execPath, ['--eval', script], (error, _stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stderr });
    });
  });
}

describe('the check of the Node version', () => {
  it.each(['16.20.2', '18.20.4', '20.18.3'])('refuses %s with one line', async (version) => {
    expect(await runAs(version)).toEqual({
      code: 1,
      stderr: `hioload-ws: Node must be 20.19 or newer; got ${version}\n`,
    });
  });

  it.each(['20.19.0', '22.0.0', '24.1.0'])('lets %s pass', async (version) => {
    expect(await runAs(version)).toEqual({ code: 0, stderr: '' });
  });
});

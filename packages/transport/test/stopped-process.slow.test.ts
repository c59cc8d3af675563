// Tests of a process that is stopped for longer than the idle timeout of its connections.
import { leaveOutIf } from '@hioload/test-support/left-out';
import { eventually } from '@hioload/test-support/waiting';
import { frame, Op, RawClient } from '@hioload/test-support/wire';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { loadUws } from '../src/uws/index.js';

const STOPPED_MS = 10_000;
const CLIENTS = 20;
/** A busy machine takes this long to start a process. */
const START_MS = 30_000;
const boot = new URL('./children/boot.mjs', import.meta.url).pathname;

let child: ChildProcess | undefined;

afterEach(async () => {
  if (child === undefined) return;
  child.kill('SIGCONT');
  child.stdin!.end();
  if (child.exitCode === null) await once(child, 'exit');
});

const native = await loadUws();
const isLeftOut = leaveOutIf(!native.ok, {
  what: 'a stopped process with uws',
  reason: `uWebSockets.js has no binary for Node ${process.versions.node} here`,
  command: 'npm run test:slow, on Node 20 or 22',
});

describe.each(isLeftOut ? ['net'] : ['net', 'uws'])('%s', (transport) => {
  it('keeps the clients that talked meanwhile', async () => {
    const args = ['--conditions=hioload-source', boot, './clocked-echo.ts', transport];
    child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    child.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await eventually('the server listens', () => /port \d+\n/.test(output), START_MS);
    const port = Number(/port (\d+)/.exec(output)![1]);
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => RawClient.open(port)));
    child.kill('SIGSTOP');
    for (let ms = 0; ms < STOPPED_MS; ms += 500) {
      for (const client of clients) client.write(frame(Op.Text, 'talks'));
      await delay(500);
    }
    child.kill('SIGCONT');
    await eventually('all are answered', () =>
      clients.every((client) => client.isEnded || client.texts.length === STOPPED_MS / 500),
    );
    expect(clients.filter(({ isEnded }) => isEnded)).toEqual([]);
    for (const client of clients) client.destroy();
  }, 70_000);
});

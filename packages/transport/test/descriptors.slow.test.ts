// Tests of a process that has no file descriptor left.
import { eventually } from '@hioload/test-support/waiting';
import { frame, Op, RawClient } from '@hioload/test-support/wire';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { loadUws } from '../src/uws/index.js';

const DESCRIPTORS = 256;
const CLIENTS = 400;
const WATCHED_MS = 3_000;
const TICKS_PER_SECOND = 100;
/** A busy machine takes this long to start a process. */
const START_MS = 30_000;
const boot = new URL('./children/boot.mjs', import.meta.url).pathname;
const native = await loadUws();
const KINDS = process.platform !== 'linux' ? [] : native.ok ? ['net', 'uws'] : ['net'];

let child: ChildProcess | undefined;

afterEach(async () => {
  if (child === undefined) return;
  child.stdin!.end();
  if (child.exitCode === null) await once(child, 'exit');
});

/** The CPU time of a process, in milliseconds (proc(5), fields 14 and 15). */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND;
}

describe.each(KINDS)('%s without descriptors', (transport) => {
  it('does not spin, tells it, and serves again when clients have gone', async () => {
    const node = `exec "${process.execPath}" --conditions=hioload-source "${boot}"`;
    const script = `ulimit -n ${DESCRIPTORS}; ${node} ./clocked-echo.ts ${transport}`;
    child = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    child.stdout!.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await eventually('the server listens', () => /port \d+\n/.test(output), START_MS);
    const port = Number(/port (\d+)/.exec(output)![1]);
    const clients = Array.from({ length: CLIENTS }, () => new RawClient(port));
    await eventually('the shortage is told', () => output.includes('no descriptor'));
    const before = cpuMs(child.pid!);
    await delay(WATCHED_MS);
    expect(cpuMs(child.pid!) - before).toBeLessThan(WATCHED_MS / 3);
    for (const client of clients) client.destroy();
    await delay(2_500);
    const late = await RawClient.open(port);
    late.write(frame(Op.Text, 'served again'));
    await eventually('the echo is here', () => late.texts.includes('served again'));
    late.destroy();
  }, 90_000);
});

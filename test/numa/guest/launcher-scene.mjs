// `hioload serve --numactl` on a machine with two nodes: the server's memory is bound to the nodes
// of its reactors.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { judge } from './judge.mjs';

const COMMAND = fileURLToPath(
  new URL('node_modules/@hioload/launcher/hioload.mjs', import.meta.url),
);
const APP = fileURLToPath(new URL('echo.mjs', import.meta.url));

/** With one reactor, so that the binding is to less than the whole machine. */
export async function judgeLauncher() {
  const { policy, messages } = await serve('--numactl', '--reactors', '1');
  judge('serve --numactl: policy of the server process', 0, policy, policy === 'bind:0');
  const line = messages.find((message) => message.startsWith('memory: ')) ?? 'nothing';
  judge(
    'serve --numactl: what the supervisor says',
    0,
    line,
    line === 'memory: bound to node 0, as the kernel confirms',
  );
  // Negative control: this process was not started under numactl.
  const own = policyOf('self');
  judge('control: policy of this process', 0, own, own === 'default');
}

/** Serves until it is ready. @param {string[]} flags */
async function serve(...flags) {
  const args = [
    'serve',
    APP,
    '--port',
    '9003',
    '--start-timeout-ms',
    '120000',
    '--log-format',
    'json',
    ...flags,
  ];
  const command = spawn(process.execPath, [COMMAND, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(command, 'exit');
  /** @type {string[]} */
  const messages = [];
  let policy = 'no server';
  for await (const line of createInterface(command.stdout)) {
    const { msg, pid } = JSON.parse(line);
    messages.push(msg);
    if (!msg.startsWith('ready: ')) continue;
    policy = policyOf(pid);
    command.kill('SIGTERM');
  }
  await ended;
  return { policy, messages };
}

/** @param {number | 'self'} pid */
function policyOf(pid) {
  return readFileSync(`/proc/${pid}/numa_maps`, 'utf8').split(' ')[1] ?? 'nothing';
}

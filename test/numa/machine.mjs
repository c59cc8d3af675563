// Boots the emulated machine and reads what its test prints.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';

/** It takes some 90 s of time on two CPUs. */
const DEADLINE_MS = 220_000;

const NODES = [
  ['-object', 'memory-backend-ram,id=m0,size=640M'],
  ['-object', 'memory-backend-ram,id=m1,size=640M'],
  ['-numa', 'node,memdev=m0,cpus=0,nodeid=0'],
  ['-numa', 'node,memdev=m1,cpus=1,nodeid=1'],
  ['-numa', 'dist,src=0,dst=1,val=21'],
].flat();
// Balancing would move pages while they are counted, and a huge page could reach into a neighbour.
const KERNEL_OPTIONS =
  'console=ttyS0 quiet panic=-1 numa_balancing=disable transparent_hugepage=never';

/**
 * @typedef {{ what: string, node: number, share: number, pages?: number[], found?: string }}
 * Judgement
 */

/**
 * @param {string} kernel @param {{ folder: string, file: string }} initramfs @returns
 * {Promise<Judgement[]>}
 */
export async function boot(kernel, initramfs) {
  // Software emulation: a /dev/kvm that opens may still not work.
  const machine = [
    '-accel',
    'tcg',
    '-cpu',
    'max',
    '-smp',
    '2,sockets=2,cores=1',
    '-m',
    '1280M',
    ...NODES,
  ];
  const quiet = ['-nographic', '-no-reboot', '-nic', 'none', '-append', KERNEL_OPTIONS];
  const args = [...machine, ...quiet, '-kernel', kernel, '-initrd', initramfs.file];
  const qemu = spawn('qemu-system-x86_64', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const expired = setTimeout(() => qemu.kill('SIGKILL'), DEADLINE_MS);
  let output = '';
  qemu.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  await once(qemu, 'close');
  clearTimeout(expired);
  rmSync(initramfs.folder, { recursive: true, force: true });
  if (!/HIOLOAD-EXIT 0\r?$/m.test(output)) console.log(output.split('\n').slice(-40).join('\n'));
  return [...output.matchAll(/HIOLOAD (\{.*\})\r?$/gm)].map(([, line = '']) => JSON.parse(line));
}

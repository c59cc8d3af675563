// What the emulated machine is made of, and where this machine has it.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the kernel is kept, and the machine while it runs. Made by `findKernel`. */
export const CACHE = fileURLToPath(
  new URL('../../node_modules/.cache/hioload-numa', import.meta.url),
);
const PROGRAMS = ['qemu-system-x86_64', 'busybox', 'cpio', 'taskset', 'numactl'];

/** Names of programs that are not installed. */
export function missingPrograms() {
  return PROGRAMS.filter((program) => programPath(program) === null);
}

/** @param {string} program @returns {string | null} */
export function programPath(program) {
  const { status, stdout } = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/**
 * A kernel image: one that was unpacked before, or out of the newest cloud kernel package. @returns
 * {string | null}
 */
export function findKernel() {
  mkdirSync(CACHE, { recursive: true });
  return unpackedKernel() ?? (unpackKernel() ? unpackedKernel() : null);
}

function unpackedKernel() {
  const boot = join(CACHE, 'boot');
  const image = existsSync(boot)
    ? readdirSync(boot).find((name) => name.startsWith('vmlinuz-'))
    : undefined;
  return image === undefined ? null : join(boot, image);
}

/** Downloads and unpacks, installs nothing. Whether it worked. */
function unpackKernel() {
  try {
    const list = execFileSync(
      'apt-cache',
      ['search', '--names-only', '^linux-image-6\\.1\\..*-cloud-amd64$'],
      {
        encoding: 'utf8',
      },
    );
    const newest = list
      .split('\n')
      .map((line) => line.split(' ')[0] ?? '')
      .filter((name) => name !== '')
      .toSorted(byNumber)
      .at(-1);
    if (newest === undefined) return false;
    execFileSync('apt-get', ['download', newest], { cwd: CACHE, stdio: 'ignore' });
    const file = readdirSync(CACHE).find(
      (name) => name.startsWith(newest) && name.endsWith('.deb'),
    );
    execFileSync('dpkg', ['-x', file ?? '', '.'], { cwd: CACHE, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** @param {string} a @param {string} b */
function byNumber(a, b) {
  return a.localeCompare(b, 'en', { numeric: true });
}

// The file system of the emulated machine: busybox, this Node, taskset and numactl, the libraries
// they need, the packages and the test.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  realpathSync,
  renameSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { copyPackage } from './packages.mjs';
import { CACHE, programPath } from './parts.mjs';

const GUEST = fileURLToPath(new URL('guest', import.meta.url));
const TESTS = fileURLToPath(new URL('..', import.meta.url));
const PACKAGES = ['@hioload/launcher', '@hioload/pool', '@hioload/reactor'];

/** @returns {{ folder: string, file: string }} the folder is the caller's to remove */
export function buildInitramfs() {
  const folder = mkdtempSync(join(CACHE, 'machine-'));
  const root = join(folder, 'root');
  for (const name of ['bin', 'proc', 'sys', 'dev', 'tmp', 'app/node_modules'])
    mkdirSync(join(root, name), { recursive: true });
  copyProgram(root, process.execPath, 'node');
  for (const name of ['taskset', 'numactl']) copyProgram(root, programPath(name) ?? '', name);
  copyProgram(root, programPath('busybox') ?? '', 'busybox');
  cpSync(GUEST, join(root, 'app'), { recursive: true });
  renameSync(join(root, 'app/init.sh'), join(root, 'init'));
  chmodSync(join(root, 'init'), 0o755);
  for (const name of PACKAGES) copyPackage(name, TESTS, join(root, 'app/node_modules'));
  const file = join(folder, 'initramfs');
  execFileSync('sh', ['-c', 'find . | cpio -o -H newc --quiet'], {
    cwd: root,
    stdio: ['ignore', openSync(file, 'w'), 'inherit'],
  });
  return { folder, file };
}

/** @param {string} root @param {string} program @param {string} name */
function copyProgram(root, program, name) {
  const path = realpathSync(program);
  cpSync(path, join(root, 'bin', name));
  for (const library of librariesOf(path)) {
    const target = join(root, library);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(realpathSync(library), target);
  }
}

/** Paths as the program asks for them; none for a static one. @param {string} program */
function librariesOf(program) {
  try {
    const listed = execFileSync('ldd', [program], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return [...listed.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
  } catch {
    return [];
  }
}

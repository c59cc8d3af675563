// The file system of the emulated machine: busybox, this Node, taskset, the libraries they need, the packages and the test.
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, openSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CACHE, programPath } from './parts.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGES = ['api', 'pool'];

/** @returns {{ folder: string, file: string }} the folder is the caller's to remove */
export function buildInitramfs() {
  const folder = mkdtempSync(join(CACHE, 'machine-'));
  const root = join(folder, 'root');
  for (const name of ['bin', 'proc', 'sys', 'dev', 'tmp', 'app/node_modules/@hioload'])
    mkdirSync(join(root, name), { recursive: true });
  copyProgram(root, process.execPath, 'node');
  copyProgram(root, programPath('taskset') ?? '', 'taskset');
  copyProgram(root, programPath('busybox') ?? '', 'busybox');
  cpSync(fileURLToPath(new URL('guest/init.sh', import.meta.url)), join(root, 'init'));
  chmodSync(join(root, 'init'), 0o755);
  for (const file of ['main.mjs', 'thread.mjs', 'pages.mjs']) {
    cpSync(fileURLToPath(new URL(`guest/${file}`, import.meta.url)), join(root, 'app', file));
  }
  for (const name of PACKAGES) {
    const target = join(root, 'app/node_modules/@hioload', name);
    cpSync(join(ROOT, 'packages', name, 'dist'), join(target, 'dist'), { recursive: true });
    cpSync(join(ROOT, 'packages', name, 'package.json'), join(target, 'package.json'));
  }
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
    const listed = execFileSync('ldd', [program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return [...listed.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
  } catch {
    return [];
  }
}

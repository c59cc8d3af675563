// Finds or installs the pinned Bun.
import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BENCH_ROOT } from './paths.js';

const run = promisify(execFile);

const BUN_VERSION = '1.4.4';
const INSTALL_DEADLINE_MS = 180_000;
/** The folder for the programs of rivals. Each program takes some 100 MB. */
const RIVALS_FOLDER = join(BENCH_ROOT, '.rivals');

export type ProgramSearch =
  | { readonly found: true; readonly program: string }
  | { readonly found: false; readonly reason: string };

/**
 * Finds the pinned Bun, and installs it from npm the first time. Returns the reason if Bun is not
 * available.
 */
export async function findBun(): Promise<ProgramSearch> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return {
      found: false,
      reason:
        `Bun ${BUN_VERSION} is set up for linux x64 only, this is ${process.platform} ` +
        process.arch,
    };
  }
  const folder = join(RIVALS_FOLDER, `bun-${BUN_VERSION}`);
  const program = join(folder, 'node_modules/@oven/bun-linux-x64/bin/bun');
  try {
    await access(program).catch(() => install(folder));
    // Bun needs glibc and a CPU with AVX2.
    await run(program, ['--version']);
    return { found: true, program };
  } catch (error) {
    return { found: false, reason: firstLine(error) };
  }
}

/**
 * Installs into a temporary folder and moves it, so that an interrupted install never looks
 * complete.
 */
async function install(folder: string): Promise<void> {
  await mkdir(RIVALS_FOLDER, { recursive: true });
  const aside = await mkdtemp(join(RIVALS_FOLDER, 'installing-'));
  try {
    const args = [
      'install',
      '--prefix',
      aside,
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--no-save',
    ];
    await run('npm', [...args, `@oven/bun-linux-x64@${BUN_VERSION}`], {
      timeout: INSTALL_DEADLINE_MS,
    });
    await rm(folder, { recursive: true, force: true });
    await rename(aside, folder);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    throw error;
  }
}

function firstLine(error: unknown): string {
  const { message, stderr } = error as Error & { stderr?: string };
  const problem = stderr?.split('\n').find((line) => line.includes('npm error')) ?? message;
  return problem.split('\n')[0] ?? problem;
}

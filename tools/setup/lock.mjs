// A lock that lets one process at a time install or build in a checkout.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from './error-code.mjs';
import { SetupFailure } from './failure.mjs';
import { STATE } from './paths.mjs';

const LOOK_MS = 100;
/**
 * A file without a process id in it is being written; after this long its writer has died over it.
 */
const WRITTEN_WITHIN_MS = 10_000;

const UNKNOWN = 0;

/**
 * Runs `work` while no other process does work of the same name in this checkout.
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @param {(holder: number) => void} [onWait] told once, with the process id of whoever is at it, if
 * there is a wait
 * @returns {Promise<T>}
 */
export async function withLock(name, work, onWait) {
  writable(() => mkdirSync(STATE, { recursive: true }));
  const path = join(STATE, `${name}.lock`);
  for (let told = false; !tryLock(path);) {
    const holder = liveHolder(path);
    if (holder === undefined) breakLock(path);
    else if (holder !== UNKNOWN && !told) {
      told = true;
      onWait?.(holder);
    }
    await delay(LOOK_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** @param {string} path */
function tryLock(path) {
  return unlessThere(() => writeFileSync(path, String(process.pid), { flag: 'wx' }));
}

/**
 * @param {string} path
 * @returns {number | undefined} undefined if the lock was left behind, UNKNOWN if its holder is not
 * written yet
 */
function liveHolder(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    if (pid > 0) return isAlive(pid) ? pid : undefined;
    return Date.now() - statSync(path).mtimeMs < WRITTEN_WITHIN_MS ? UNKNOWN : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return UNKNOWN;
    throw error;
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

/**
 * Removes a lock that a dead process left. Only one may do so at a time, and it looks again first:
 * without that, the second of two would remove the lock that the first has taken since.
 * @param {string} path
 */
function breakLock(path) {
  const guard = `${path}.break`;
  if (!unlessThere(() => mkdirSync(guard))) {
    if (Date.now() - mtime(guard) > WRITTEN_WITHIN_MS)
      rmSync(guard, { recursive: true, force: true });
    return;
  }
  if (liveHolder(path) === undefined) rmSync(path, { force: true });
  rmSync(guard, { recursive: true, force: true });
}

/** @param {string} path */
function mtime(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
}

/** @param {() => void} create */
function unlessThere(create) {
  try {
    writable(create);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * @template T
 * @param {() => T} write
 */
function writable(write) {
  try {
    return write();
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '')) throw error;
    throw new SetupFailure(`this user cannot write to ${STATE}; work in a checkout of your own`);
  }
}

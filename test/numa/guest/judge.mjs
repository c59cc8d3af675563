// What the test inside the emulated machine says: one line of JSON per judgement, with the share
// that is as it should be.
import { readFileSync } from 'node:fs';

/** @param {string} what @param {number} node @param {number[]} pages by node */
export function judgePages(what, node, pages) {
  const all = pages.reduce((sum, count) => sum + count, 0);
  say({ what, node, pages, share: all === 0 ? 0 : (pages[node] ?? 0) / all });
}

/**
 * @param {string} what @param {number} node whose only CPU has the same number @param {string} cpus
 * a list as the kernel writes it
 */
export function judgeCpus(what, node, cpus) {
  say({ what, node, found: `CPUs ${cpus}`, share: cpus === String(node) ? 1 : 0 });
}

/** @param {string} what @param {number} node @param {string} found @param {boolean} holds */
export function judge(what, node, found, holds) {
  say({ what, node, found, share: holds ? 1 : 0 });
}

/** CPUs that a thread of this process may run on. @param {number | 'self'} thread */
export function cpusOf(thread) {
  const path = thread === 'self' ? '/proc/thread-self/status' : `/proc/self/task/${thread}/status`;
  return /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync(path, 'utf8'))?.[1] ?? '';
}

/** @param {object} judgement */
function say(judgement) {
  console.log(`HIOLOAD ${JSON.stringify(judgement)}`);
}

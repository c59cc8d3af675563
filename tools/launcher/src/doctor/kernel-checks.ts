import { type Check, type Finding, ok, warn } from './check.js';
import type { Machine } from './machine.js';

/** Open files that a busy server needs: a connection is one. */
const ENOUGH_FILES = 65_536;
/** A queue of handshakes that one burst of reconnecting clients does not overrun. */
const ENOUGH_BACKLOG = 1_024;

export const KERNEL_CHECKS: readonly Check[] = [
  {
    name: 'huge pages',
    look: (machine) =>
      readOr(machine, '/sys/kernel/mm/transparent_hugepage/enabled', (text) => {
        const mode = /\[(\w+)\]/.exec(text)?.[1] ?? text;
        if (mode === 'always') return ok(mode, 'Large shared memory lies on huge pages by itself.');
        if (mode === 'madvise')
          return ok(mode, '`serve --huge-pages` has shared memory ask for them.');
        return warn(
          mode,
          'Write madvise to /sys/kernel/mm/transparent_hugepage/enabled to have huge pages ' +
            'for large shared memory.',
        );
      }),
  },
  {
    name: 'open files',
    look: (machine) =>
      readOr(machine, '/proc/self/limits', (text) => {
        const [, soft, hard] = /^Max open files\s+(\S+)\s+(\S+)/m.exec(text) ?? [];
        if (soft === undefined || hard === undefined)
          throw new Error('/proc/self/limits does not tell');
        const found = `soft ${soft}, hard ${hard}`;
        // Node raises the soft limit to the hard one when it starts.
        if (hard === 'unlimited' || Number(hard) >= ENOUGH_FILES)
          return ok(found, 'Every connection is one.');
        return warn(
          found,
          `Raise the hard limit (ulimit -n, LimitNOFILE=) to ${ENOUGH_FILES} or more: every ` +
            'connection is one.',
        );
      }),
  },
  {
    name: 'tcp_migrate_req',
    look: (machine) =>
      readOr(machine, '/proc/sys/net/ipv4/tcp_migrate_req', (text) => {
        if (text === '1')
          return ok('1', 'Handshakes in the queue of a reactor that ends move on to another.');
        return warn(
          text,
          'Set net.ipv4.tcp_migrate_req=1, or clients in the queue of a reactor that is ' +
            'replaced are reset.',
        );
      }),
  },
  {
    name: 'somaxconn',
    look: (machine) =>
      readOr(machine, '/proc/sys/net/core/somaxconn', (text) => {
        if (Number(text) >= ENOUGH_BACKLOG)
          return ok(text, 'The queue of new connections is long enough.');
        return warn(
          text,
          `Set net.core.somaxconn to ${ENOUGH_BACKLOG} or more, or bursts of new connections ` +
            'are refused.',
        );
      }),
  },
];

function readOr(machine: Machine, path: string, judge: (text: string) => Finding): Finding {
  const text = machine.read(path);
  if (text !== undefined) return judge(text);
  return ok(
    'unknown',
    machine.platform === 'linux'
      ? `${path} is not there: older kernel or a sandbox.`
      : 'Linux only.',
  );
}

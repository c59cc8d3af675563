/** Checks of the settings of the kernel. */
import { DEFAULT_LIMITS } from '@hioload/api';
import { openFilesLimitOf, openFilesNeed } from '@hioload/reactor';
import { type Check, type Finding, ok, warn } from './check.js';
import type { Machine } from './machine.js';

/** Length of the queue of new connections that holds one burst of reconnecting clients. */
const ENOUGH_BACKLOG = 1_024;

/** The checks, in the order of their lines. */
export const KERNEL_CHECKS: readonly Check[] = [
  {
    name: 'huge pages',
    look: (machine) =>
      readOr(machine, '/sys/kernel/mm/transparent_hugepage/enabled', (text) => {
        const mode = /\[(\w+)\]/.exec(text)?.[1] ?? text;
        if (mode === 'always')
          return ok(mode, 'The kernel puts large shared memory on huge pages.');
        if (mode === 'madvise')
          return ok(mode, '`serve --huge-pages` puts shared memory on huge pages.');
        return warn(
          mode,
          'Write madvise to /sys/kernel/mm/transparent_hugepage/enabled to allow huge pages for ' +
            'shared memory.',
        );
      }),
  },
  {
    name: 'open files',
    look: (machine) =>
      readOr(
        machine,
        '/proc/self/limits',
        (text) => {
          const limit = openFilesLimitOf(text);
          if (limit === null) throw new Error('/proc/self/limits has no line on open files');
          const found = `soft ${limit.soft}, hard ${limit.hard}`;
          const { needed, isEnough } = openFilesNeed(DEFAULT_LIMITS, 1, limit.files);
          if (isEnough) return ok(found, 'Each connection is one open file.');
          const { maxConnections, maxPageConnections } = DEFAULT_LIMITS;
          return warn(
            found,
            `Raise the hard limit (ulimit -n, LimitNOFILE=) to ${needed} or more, or lower ` +
              `--max-connections (${maxConnections}) and --max-page-connections ` +
              `(${maxPageConnections} for each reactor): each connection is one open file.`,
          );
        },
        warn,
      ),
  },
  {
    name: 'tcp_migrate_req',
    look: (machine) =>
      readOr(machine, '/proc/sys/net/ipv4/tcp_migrate_req', (text) => {
        if (text === '1')
          return ok(
            '1',
            'New connections in the queue of an ended reactor move to another reactor.',
          );
        return warn(
          text,
          'Set net.ipv4.tcp_migrate_req=1; else the kernel resets new connections in the queue ' +
            'of a reactor that is replaced.',
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
          `Set net.core.somaxconn to ${ENOUGH_BACKLOG} or more; else bursts of new connections ` +
            'are refused.',
        );
      }),
  },
];

/** @param unknown makes the finding of a file of Linux that cannot be read */
function readOr(
  machine: Machine,
  path: string,
  judge: (text: string) => Finding,
  unknown = ok,
): Finding {
  const text = machine.read(path);
  if (text !== undefined) return judge(text);
  if (machine.platform !== 'linux') return ok('unknown', 'This setting exists on Linux only.');
  return unknown('unknown', `${path} cannot be read: this is an older kernel or a sandbox.`);
}

// End-to-end tests of the memory options of the launcher.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { NumaPoolReport } from '@hioload/api';
import { leaveOutIf, leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { ECHO, FREE_PORTS, serve } from './start-launcher.js';

const MODE_FILE = '/sys/kernel/mm/transparent_hugepage/enabled';
const mode =
  process.platform === 'linux' ? /\[(\w+)\]/.exec(readFileSync(MODE_FILE, 'utf8'))?.[1] : undefined;
const lacksHugePages = leaveOutIf(mode !== 'madvise', {
  what: 'huge pages on request',
  reason: `transparent_hugepage/enabled is ${mode}, not madvise`,
  command: `echo madvise > ${MODE_FILE}, as root`,
});

interface Memory {
  readonly reactors: readonly NumaPoolReport[];
}

async function memoryOf(adminUrl: string): Promise<Memory> {
  return (await (await fetch(`${adminUrl}/memory.json`)).json()) as Memory;
}

describe.skipIf(leaveOutUnlessLinux('memory of the launcher'))('memory', () => {
  it.skipIf(lacksHugePages)(
    'of slabs is on huge pages if --huge-pages asks for them',
    { timeout: 60_000 },
    async () => {
      const command = serve([ECHO, ...FREE_PORTS, '--reactors', '1', '--huge-pages']);
      await command.message(/^huge pages: glibc \S+ asks for them$/);
      await command.message(
        /^memory: reactor 0: slab of [\d.]+ MiB.*, ([1-9]|[\d]{2,})[\d.]* MiB of it on huge pages$/,
      );
      const { adminUrl } = await command.ready();
      const [report] = (await memoryOf(adminUrl)).reactors;
      expect(report?.memory).toMatchObject({ known: true, hugeAllowed: true });
      expect(report?.memory.known === true && report.memory.hugeBytes).toBeGreaterThanOrEqual(
        2 ** 21,
      );
      command.process.kill('SIGTERM');
      expect(await command.ended).toBe(0);
    },
  );

  it.skipIf(lacksHugePages)(
    'of slabs is on plain pages otherwise',
    { timeout: 60_000 },
    async () => {
      const command = serve([ECHO, ...FREE_PORTS, '--reactors', '1']);
      const { adminUrl } = await command.ready();
      const [report] = (await memoryOf(adminUrl)).reactors;
      expect(report?.memory).toMatchObject({ known: true, hugeAllowed: false, hugeBytes: 0 });
      command.process.kill('SIGTERM');
      expect(await command.ended).toBe(0);
    },
  );

  it('is bound by numactl, or a line gives the reason why not', { timeout: 60_000 }, async () => {
    const command = serve([ECHO, ...FREE_PORTS, '--reactors', '1', '--numactl']);
    const [, bound] = await command.message(
      /^numactl: (?:memory is bound to node (\S+)|not used, because .+)$/,
    );
    await command.ready();
    const policy = /^\S+ (\S+)/.exec(
      readFileSync(`/proc/${command.serverPid}/numa_maps`, 'utf8'),
    )?.[1];
    expect(policy).toBe(bound === undefined ? 'default' : `bind:${bound}`);
    command.process.kill('SIGTERM');
    expect(await command.ended).toBe(0);
  });
});

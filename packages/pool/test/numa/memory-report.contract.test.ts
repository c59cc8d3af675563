// Tests of the report on where a region of memory lies.
import { leaveOutIf, leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Slab } from '../../src/index.js';
import { locate } from '../../src/numa/locate.js';
import { reportMemory } from '../../src/numa/memory-report.js';

/** A slab of 8 MiB: glibc maps so large a piece by itself. */
const CLASSES = [{ blockBytes: 65_520, blocks: 128 }];
const SLAB_BYTES = 8 * 2 ** 20;
const POOL = new URL('../../src/index.ts', import.meta.url).href;

function readMemory(address: number, length: number): Buffer {
  const file = openSync('/proc/self/mem', 'r');
  const bytes = Buffer.alloc(length);
  readSync(file, bytes, 0, length, address);
  closeSync(file);
  return bytes;
}

describe.skipIf(leaveOutUnlessLinux('where memory lies'))('locate', () => {
  it('finds a region, and no copy of it', async () => {
    const slab = Slab.create(CLASSES);
    const copies = [1, 2].map(() => {
      const copy = new Uint8Array(new SharedArrayBuffer(slab.region.buffer.byteLength));
      copy.set(new Uint8Array(slab.region.buffer));
      return copy;
    });
    const address = await locate(slab.region);
    const written = crypto.getRandomValues(new Uint8Array(16));
    new Uint8Array(slab.region.buffer).set(written, SLAB_BYTES / 2);
    expect(readMemory(address! + SLAB_BYTES / 2, 16)).toEqual(Buffer.from(written));
    expect(copies).toHaveLength(2);
  });

  it('finds a region that does not begin its buffer', async () => {
    const buffer = new SharedArrayBuffer(SLAB_BYTES);
    const slab = Slab.create(CLASSES);
    new Uint8Array(buffer).set(new Uint8Array(slab.region.buffer).subarray(0, SLAB_BYTES / 2), 256);
    const region = { buffer, byteOffset: 256 };
    new Uint8Array(buffer)[999] = 77;
    expect(readMemory((await locate(region))! - 256 + 999, 1)[0]).toBe(77);
  });
});

describe.skipIf(leaveOutUnlessLinux('where memory lies'))('reportMemory', () => {
  it('accounts for every page of a slab', async () => {
    const { region } = Slab.create(CLASSES);
    const [report] = await reportMemory([{ region, bytes: region.buffer.byteLength }]);
    if (report?.known !== true) throw new Error(report?.reason);
    expect(report.bytes).toBe(region.buffer.byteLength);
    expect(report.mappedBytes).toBeGreaterThanOrEqual(SLAB_BYTES);
    const bytes = Object.values(report.bytesByNode).reduce((sum, of) => sum + of, 0);
    // A kernel without NUMA names no nodes.
    if (Object.keys(report.bytesByNode).length > 0)
      expect(bytes).toBeGreaterThanOrEqual(SLAB_BYTES);
    expect(bytes).toBeLessThanOrEqual(report.mappedBytes);
  });

  it('lets the thread do other work meanwhile', async () => {
    const { region } = Slab.create(CLASSES);
    const report = reportMemory([{ region, bytes: region.buffer.byteLength }]);
    const first = await Promise.race([report.then(() => 'the report'), turn('other work')]);
    expect(first).toBe('other work');
    expect(await report).toHaveLength(1);
  });

  it('finds a region in two searches at once', async () => {
    const { region } = Slab.create(CLASSES);
    const [first, second] = await Promise.all([locate(region), locate(region)]);
    expect(first).not.toBeNull();
    expect(second).toBe(first);
  });

  it('gives the reason if the kernel does not tell', async () => {
    const { region } = Slab.create(CLASSES);
    const [report] = await reportMemory([{ region, bytes: 1 }], '/nowhere');
    expect(report).toEqual({
      known: false,
      reason: expect.stringContaining('/nowhere/self/maps') as string,
    });
  });

  it('says so if the region is not in the given memory', async () => {
    const procRoot = mkdtempSync(join(tmpdir(), 'hioload-proc-'));
    mkdirSync(join(procRoot, 'self'));
    for (const [name, text] of Object.entries({
      maps: '1000-2000 rw-p 0 00:00 0\n',
      mem: '',
      smaps: '',
    })) {
      writeFileSync(join(procRoot, 'self', name), text);
    }
    const [report] = await reportMemory(
      [{ region: Slab.create(CLASSES).region, bytes: 1 }],
      procRoot,
    );
    expect(report).toEqual({
      known: false,
      reason: 'it was not found in the memory of the process',
    });
    rmSync(procRoot, { recursive: true });
  });
});

const hugePages =
  /\[(\w+)\]/.exec(readOr('/sys/kernel/mm/transparent_hugepage/enabled'))?.[1] ?? 'unknown';

const lacksHugePages = leaveOutIf(hugePages !== 'madvise', {
  what: 'the report of huge pages',
  reason: `transparent_hugepage/enabled is ${hugePages}, not madvise`,
  command: 'echo madvise > /sys/kernel/mm/transparent_hugepage/enabled, as root',
});

describe('huge pages', () => {
  it.skipIf(lacksHugePages)(
    'show in the report of a process that asks for them, and in no other (this kernel: ' +
      `${hugePages}, madvise is needed)`,
    () => {
      const program = `
        import { reportMemory, Slab } from ${JSON.stringify(POOL)};
        const { region } = Slab.create(${JSON.stringify(CLASSES)});
        const [report] = await reportMemory([{ region, bytes: region.buffer.byteLength }]);
        console.log(JSON.stringify(report));`;
      const run = (environment: NodeJS.ProcessEnv): unknown =>
        JSON.parse(
          execFileSync(
            process.execPath,
            [
              '--conditions=hioload-source',
              '--import',
              'tsx',
              '--input-type=module',
              '-e',
              program,
            ],
            { encoding: 'utf8', env: { ...process.env, ...environment } },
          ),
        );
      expect(run({ GLIBC_TUNABLES: 'glibc.malloc.hugetlb=0' })).toMatchObject({
        hugeBytes: 0,
        hugeAllowed: false,
      });
      const asked = run({ GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' }) as {
        hugeBytes: number;
        hugeAllowed: boolean;
      };
      expect(asked.hugeAllowed).toBe(true);
      // At least one page of 2 MiB. How many more there are depends on the other programs.
      expect(asked.hugeBytes).toBeGreaterThanOrEqual(2 ** 21);
    },
  );
});

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

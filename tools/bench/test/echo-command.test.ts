// Tests of the command line of `bench echo`.
import type { Topology } from '@hioload/api';
import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { echoCommand } from '../src/cli/echo-command.js';
import { worksOf } from '../src/echo/echo-work.js';
import { SUBJECTS } from '../src/echo/server-kinds.js';
import type { EchoSettings } from '../src/echo/settings.js';
import { pickCpus } from '../src/cli/pick-cpus.js';

/**
 * A machine of `cores` cores with two threads each, numbered as Linux does, in caches of two cores.
 */
function machine(cores: number, allowedCpus?: readonly number[]): Topology {
  const cpus = Array.from({ length: 2 * cores }, (_, id) => {
    const core = id % cores;
    return { id, core, package: 0, llc: Math.floor(core / 2), node: 0 };
  });
  return {
    source: 'sysfs',
    model: 'invented',
    cpus,
    nodes: [{ id: 0, memoryBytes: 0, distances: [] }],
    allowedCpus: allowedCpus ?? cpus.map(({ id }) => id),
    cpuQuota: null,
    memoryLimitBytes: 2 ** 30,
  };
}

/** The error text with which the command refuses its arguments. */
async function refusal(args: readonly string[]): Promise<string> {
  let said = '';
  const command = echoCommand(machine(4, [0, 1, 4]))
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({ writeErr: (text) => (said += text) });
  await expect(command.parseAsync(['node', 'bench', ...args])).rejects.toBeInstanceOf(
    CommanderError,
  );
  return said;
}

describe('bench echo refuses', () => {
  it.each([
    [
      ['--rivals', 'foo'],
      "option '--rivals <names>' argument 'foo' is invalid. Allowed: uws, ws, bun.",
    ],
    [
      ['--rivals', 'ws,'],
      "option '--rivals <names>' argument 'ws,' is invalid. Allowed: uws, ws, bun.",
    ],
    [
      ['--subject', 'uws'],
      `option '--subject <names>' argument 'uws' is invalid. Allowed: ` +
        `${Object.keys(SUBJECTS).join(', ')}.`,
    ],
    [
      ['--passes', '0'],
      "option '--passes <n>' argument '0' is invalid. Allowed: a whole number of 1..1000.",
    ],
    [
      ['--passes', '1.5'],
      "option '--passes <n>' argument '1.5' is invalid. Allowed: a whole number of 1..1000.",
    ],
    [
      ['--bytes', '64,3'],
      "option '--bytes <list>' argument '64,3' is invalid. Allowed: a whole number of 4..1048576.",
    ],
    [
      ['--seconds', '1e3'],
      "option '--seconds <s>' argument '1e3' is invalid. Allowed: a number of 0.05..600.",
    ],
    [
      ['--in-flight', '1,1'],
      "option '--in-flight <list>' argument '1,1' is invalid. Allowed: each value once.",
    ],
    [
      ['--server-cpu', '2'],
      "option '--server-cpu <cpu>' argument '2' is invalid. Allowed: the CPUs of this " +
        'process, 0-1,4.',
    ],
    [
      ['--load-cpu', '1,2'],
      "option '--load-cpu <list>' argument '1,2' is invalid. Allowed: the CPUs of this " +
        'process, 0-1,4.',
    ],
    [
      ['--json', 'a.txt'],
      "option '--json <file>' argument 'a.txt' is invalid. Allowed: a name that ends in .json.",
    ],
    [
      ['--connections', '1', '--load-cpu', '1,4'],
      "option '--connections <n>' is 1. Allowed: at least one for each of 2 load CPUs.",
    ],
    [
      ['--bytes', '64,1048576', '--connections', '1000'],
      'options --bytes, --in-flight and --connections ask for 68001 MiB of messages. Allowed: ' +
        '1024 MiB.',
    ],
    [['--pases', '1'], "unknown option '--pases'"],
    [['surplus'], 'too many arguments. Expected 0 arguments but got 1.'],
  ])('%j', async (args, said) => {
    expect(await refusal(args)).toBe(`error: ${said}\n`);
  });
});

describe('worksOf', () => {
  it('has a series for each length with each number in flight', () => {
    expect(
      worksOf({ payloadBytes: [64, 1024], inFlight: [1, 16] } as unknown as EchoSettings),
    ).toEqual([
      { payloadBytes: 64, inFlight: 1 },
      { payloadBytes: 64, inFlight: 16 },
      { payloadBytes: 1024, inFlight: 1 },
      { payloadBytes: 1024, inFlight: 16 },
    ]);
  });
});

describe('pickCpus', () => {
  it.each([
    ['another core of the same cache', machine(4), { server: 0, load: 1 }],
    ['another cache rather than a sibling', machine(4, [0, 2, 4]), { server: 0, load: 2 }],
    ['a sibling where there is nothing else', machine(4, [1, 5]), { server: 1, load: 5 }],
    ['the same CPU where there is but one', machine(4, [3]), { server: 3, load: 3 }],
  ])('puts the load on %s', (_, topology, picked) => {
    expect(pickCpus(topology)).toEqual(picked);
  });
});

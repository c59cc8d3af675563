// End-to-end tests of `hioload topology` and `hioload doctor`.
import { detectTopology, placeReactors } from '@hioload/reactor';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMAND } from './start-launcher.js';

const PARTS = join(import.meta.dirname, '..', 'parts');

const hioload = (...args: readonly string[]): string =>
  execFileSync(process.execPath, [COMMAND, ...args], { encoding: 'utf8' });

describe('hioload topology', () => {
  it('prints the machine and the plan as JSON for programs', async () => {
    const topology = await detectTopology();
    const { cpus, places } = JSON.parse(hioload('topology', '--json')) as {
      readonly cpus: readonly { readonly id: number; readonly allowed: boolean }[];
      readonly places: readonly unknown[];
    };
    expect(cpus.map(({ id }) => id)).toEqual(topology.cpus.map(({ id }) => id));
    expect(cpus.filter(({ allowed }) => allowed).map(({ id }) => id)).toEqual(topology.allowedCpus);
    expect(places).toEqual(placeReactors(topology, { group: 'core' }).places);
  });

  it('prints a row for each CPU and a line for each reactor for people', async () => {
    const lines = hioload('topology', '--group', 'numa').split('\n');
    const { cpus, nodes } = await detectTopology();
    expect(lines.filter((line) => /^\d+(\s+\d+){4}\s+(yes|no)$/.test(line.trim()))).toHaveLength(
      cpus.length,
    );
    const reactors = lines.filter((line) => /reactor \d+ -> CPU/.test(line));
    expect(reactors.length).toBeGreaterThan(0);
    expect(reactors.length).toBeLessThanOrEqual(nodes.length);
  });
});

describe('hioload doctor', () => {
  it('checks everything that the server depends on', () => {
    const report = hioload('doctor');
    for (const check of [
      'node',
      'transport',
      'taskset',
      'cpuset',
      'open files',
      'tcp_migrate_req',
    ]) {
      expect(report).toMatch(new RegExp(`^(ok|warn|fail)\\s+${check}\\s+\\S`, 'm'));
    }
  });

  it('says whether a transport kind of the user loads, and which features the kind has', () => {
    const report = hioload('doctor', '--transport', join(PARTS, 'own', 'ws-kind.ts'));
    expect(report).toMatch(
      /^ok {4}transport kind +ws-unix: several reactors share a port, exemptions: [1-9]\d*\. /m,
    );
    expect(report).toContain('instead: no connection is compressed');
  });

  it('fails if a module exports no transport kind', () => {
    const file = join(PARTS, 'modules', 'half-kind.ts');
    const command = spawnSync(process.execPath, [COMMAND, 'doctor', '--transport', file], {
      encoding: 'utf8',
    });
    expect(command.status).toBe(1);
    expect(command.stdout).toContain(
      `transport: the default export of ${file} must be a TransportKind ` +
        '{ name, features, create }; its create must be a function; got nothing. No reactor',
    );
  });
});

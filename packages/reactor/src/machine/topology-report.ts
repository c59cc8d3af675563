// Describes a topology and its placement as text.
import type { Cpu, NumaNode, Topology } from '@hioload/api';

import { formatCpuList } from './cpu-list.js';

/** A topology with counts of its parts. `hioload topology --json` prints it. */
export interface TopologyReport {
  readonly source: Topology['source'];
  readonly model: string;
  readonly packageCount: number;
  readonly nodeCount: number;
  readonly llcCount: number;
  readonly coreCount: number;
  readonly cpuCount: number;
  /** A CPU list in the syntax of the kernel, such as `0-3,8`. */
  readonly allowedCpus: string;
  readonly allowedCpuCount: number;
  readonly cpuQuota: number | null;
  readonly memoryLimitBytes: number;
  readonly cpus: readonly (Cpu & { readonly allowed: boolean })[];
  readonly nodes: readonly (NumaNode & { readonly cpus: string })[];
}

/** Adds the counts to a topology. The result is plain data for JSON. */
export function reportTopology(topology: Topology): TopologyReport {
  const { cpus, nodes, allowedCpus } = topology;
  const allowed = new Set(allowedCpus);
  const distinct = (of: (cpu: Cpu) => number): number => new Set(cpus.map(of)).size;
  return {
    source: topology.source,
    model: topology.model,
    packageCount: distinct((cpu) => cpu.package),
    nodeCount: nodes.length,
    llcCount: distinct((cpu) => cpu.llc),
    coreCount: distinct((cpu) => cpu.core),
    cpuCount: cpus.length,
    allowedCpus: formatCpuList(allowedCpus),
    allowedCpuCount: allowedCpus.length,
    cpuQuota: topology.cpuQuota,
    memoryLimitBytes: topology.memoryLimitBytes,
    cpus: cpus.map((cpu) => ({ ...cpu, allowed: allowed.has(cpu.id) })),
    nodes: nodes.map((node) => ({
      ...node,
      cpus: formatCpuList(cpus.filter((cpu) => cpu.node === node.id).map(({ id }) => id)),
    })),
  };
}

/** Describes the machine in one line. */
export function describeTopology(topology: Topology): string {
  const report = reportTopology(topology);
  const { cpuQuota } = report;
  return [
    `${report.model}: ${count(report.packageCount, 'package')}`,
    count(report.nodeCount, 'node'),
    count(report.coreCount, 'core'),
    count(report.cpuCount, 'thread'),
    `CPUs ${report.allowedCpus} allowed`,
    cpuQuota === null ? 'no quota' : `quota ${String(Math.round(cpuQuota * 100) / 100)}`,
    `${gibibytes(report.memoryLimitBytes)} of memory`,
  ].join(', ');
}

/**
 * Describes the machine as two tables: a line for each CPU, and a line for each node with its
 * memory. There is no line break at the end.
 */
export function formatTopologyTable(topology: Topology): string {
  const report = reportTopology(topology);
  const cpus = report.cpus.map((cpu) =>
    [cpu.id, cpu.core, cpu.llc, cpu.node, cpu.package, cpu.allowed ? 'yes' : 'no'].map(String),
  );
  const nodes = report.nodes.map((node) => [
    String(node.id),
    node.cpus === '' ? '-' : node.cpus,
    node.memoryBytes === 0 ? '-' : gibibytes(node.memoryBytes),
    node.distances.length === 0 ? '-' : node.distances.join(' '),
  ]);
  return [
    ...alignColumns([['CPU', 'CORE', 'LLC', 'NODE', 'PACKAGE', 'ALLOWED'], ...cpus]),
    '',
    ...alignColumns([['NODE', 'CPUS', 'MEMORY', 'DISTANCES'], ...nodes]),
  ].join('\n');
}

function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths =
    rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function count(amount: number, noun: string): string {
  return `${String(amount)} ${noun}${amount === 1 ? '' : 's'}`;
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

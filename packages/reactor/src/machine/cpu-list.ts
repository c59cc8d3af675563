// Parses and formats CPU lists such as `0-3,8`.
import { HioloadError } from '@hioload/api';

/**
 * The highest CPU id that is accepted. Kernels are built for at most 8192 CPUs, so a much larger id
 * is a mistake.
 */
export const MAX_CPU_ID = 65_535;

const PART = /^(\d+)(?:-(\d+)(?::(\d+)\/(\d+))?)?$/;

/**
 * Parses a list of CPUs in the syntax of the kernel: numbers and ranges joined by commas, such as
 * `0-3,8,10-11`. A range may have a stride: `0-31:2/4` holds the first two of every four ids. The
 * empty string is the empty list.
 * @param name the name of the text in an error
 * @returns the ids, ascending, each id once
 * @throws HIOLOAD_CPU_LIST_INVALID
 */
export function parseCpuList(text: string, name = 'CPU list'): number[] {
  const cpus = new Set<number>();
  const trimmed = text.trim();
  if (trimmed === '') return [];
  for (const part of trimmed.split(','))
    addPart(cpus, part, (problem) => invalid(name, text, part, problem));
  return [...cpus].sort((a, b) => a - b);
}

function addPart(
  cpus: Set<number>,
  part: string,
  invalid: (problem: string) => HioloadError,
): void {
  const match = PART.exec(part);
  if (match === null) throw invalid('is no number, range (0-3) or range with a stride (0-31:2/4)');
  const first = Number(match[1]);
  const last = match[2] === undefined ? first : Number(match[2]);
  const used = match[3] === undefined ? 1 : Number(match[3]);
  const groupSize = match[4] === undefined ? 1 : Number(match[4]);
  if (first > last) throw invalid('runs backwards');
  if (last > MAX_CPU_ID) throw invalid(`goes beyond the highest CPU id, ${String(MAX_CPU_ID)}`);
  if (used < 1 || used > groupSize)
    throw invalid('has a stride that uses none or more of a group than it has');
  for (let id = first; id <= last; id += 1) if ((id - first) % groupSize < used) cpus.add(id);
}

function invalid(name: string, text: string, part: string, problem: string): HioloadError {
  // The text may be a long file that is no list at all.
  const shown = text.length > 80 ? `${text.slice(0, 80)}...` : text;
  return new HioloadError(
    'HIOLOAD_CPU_LIST_INVALID',
    `${name} ${JSON.stringify(shown)}: "${part.slice(0, 40)}" ${problem}`,
  );
}

/**
 * Formats CPU ids as a list in the syntax of the kernel, ascending, each id once: `0-3,8`. An empty
 * list gives the empty string.
 */
export function formatCpuList(cpus: Iterable<number>): string {
  const sorted = [...new Set(cpus)].sort((a, b) => a - b);
  const parts: string[] = [];
  for (let start = 0; start < sorted.length;) {
    let end = start;
    while (sorted[end + 1] === (sorted[end] ?? 0) + 1) end += 1;
    parts.push(
      end === start ? String(sorted[start]) : `${String(sorted[start])}-${String(sorted[end])}`,
    );
    start = end + 1;
  }
  return parts.join(',');
}

/** A piece of the address space. */
export interface Mapping {
  readonly start: number;
  /** The address behind the last byte. */
  readonly end: number;
  /** Bytes in memory, by id of the node. */
  readonly bytesByNode: Readonly<Record<number, number>>;
  readonly hugeBytes: number;
  readonly hugeAllowed: boolean;
}

const KIB = 1_024;

/**
 * The mappings between two addresses.
 * @param smaps text of `/proc/PID/smaps` @param numaMaps text of `/proc/PID/numa_maps`; empty on a
 * kernel without NUMA
 */
export function mappingsWithin(
  smaps: string,
  numaMaps: string,
  from: number,
  to: number,
): Mapping[] {
  const nodes = nodesByStart(numaMaps);
  return smaps.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m).flatMap((entry) => {
    const [, first = '', last = ''] = /^([0-9a-f]+)-([0-9a-f]+) /.exec(entry) ?? [];
    const [start, end] = [Number.parseInt(first, 16), Number.parseInt(last, 16)];
    if (!(start < to && end > from)) return [];
    const kibibytes = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(entry)?.[1] ?? 0);
    // Transparent huge pages, and the huge pages of a reserved pool.
    const hugeKib =
      kibibytes('AnonHugePages') + kibibytes('Private_Hugetlb') + kibibytes('Shared_Hugetlb');
    const hugeAllowed = kibibytes('THPeligible') > 0 || kibibytes('KernelPageSize') > 4;
    return [
      { start, end, bytesByNode: nodes.get(start) ?? {}, hugeBytes: hugeKib * KIB, hugeAllowed },
    ];
  });
}

/**
 * Bytes by node of each mapping, by its start. A line:
 * `7f1c06ffd000 default anon=9 N0=4 N1=5 kernelpagesize_kB=4`.
 */
function nodesByStart(numaMaps: string): Map<number, Record<number, number>> {
  const lines = numaMaps.split('\n').filter((line) => / N\d+=/.test(line));
  return new Map(
    lines.map((line) => {
      const pageBytes = Number(/ kernelpagesize_kB=(\d+)/.exec(line)?.[1] ?? 4) * KIB;
      const counts = [...line.matchAll(/ N(\d+)=(\d+)/g)];
      const bytes = counts.map(([, node, pages]): [string, number] => [
        node!,
        Number(pages) * pageBytes,
      ]);
      return [Number.parseInt(line, 16), Object.fromEntries(bytes)];
    }),
  );
}

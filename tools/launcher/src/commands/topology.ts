/** `hioload topology`: shows the CPUs of the machine and where reactors would run. */
import { type CpuGrouping, HioloadError, type Placement } from '@hioload/api';
import {
  detectTopology,
  formatCpuList,
  formatTopologyTable,
  placeReactors,
  reportTopology,
} from '@hioload/reactor';
import { KINDS } from '../options/kinds.js';
import { SERVE_SCHEMA } from '../options/schema.js';

/** Prints the machine and the plan. Resolves with exit code 0. @throws HIOLOAD_OPTION_INVALID */
export async function topology({
  json,
  group,
}: {
  readonly json: boolean;
  readonly group: string;
}): Promise<number> {
  const grouping = parseGroup(group);
  const machine = await detectTopology();
  const placement = placeReactors(machine, { group: grouping });
  if (json)
    console.log(
      JSON.stringify({ ...reportTopology(machine), group: grouping, ...placement }, undefined, 2),
    );
  else console.log(`${formatTopologyTable(machine)}\n\n${formatPlan(placement, grouping)}`);
  return 0;
}

function parseGroup(text: string): CpuGrouping {
  const schema = SERVE_SCHEMA.shape.group.unwrap();
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data;
  const message = `--group must be ${KINDS.get(schema)?.allowed}; got ${JSON.stringify(text)}`;
  throw new HioloadError('HIOLOAD_OPTION_INVALID', message);
}

function formatPlan({ places, notes }: Placement, group: CpuGrouping): string {
  return [
    `Plan with one reactor for each ${group}:`,
    ...places.map(
      ({ reactor, cpus, node }) =>
        `  reactor ${reactor} -> CPU ${formatCpuList(cpus)}, node ${node}`,
    ),
    ...notes.map((note) => `  ${note}`),
  ].join('\n');
}

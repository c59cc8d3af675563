/** `hioload doctor`: checks whether this machine is ready for a busy server. */
import { CPU_CHECKS } from '../doctor/cpu-checks.js';
import { type Diagnosis, examine } from '../doctor/check.js';
import { KERNEL_CHECKS } from '../doctor/kernel-checks.js';
import { type Machine, thisMachine } from '../doctor/machine.js';
import { transportKindCheck } from '../doctor/transport-kind-check.js';
import { RUNTIME_CHECKS } from '../doctor/runtime-checks.js';

/** The options of `hioload doctor`. */
export interface DoctorOptions {
  readonly json: boolean;
  /** The module of a transport kind that the user wants to serve with. Default: none. */
  readonly transport?: string;
}

/** Prints the result of each check. Resolves with exit code 1 if a check has failed, else 0. */
export async function doctor(
  { json, transport }: DoctorOptions,
  machine: Machine = thisMachine(),
): Promise<number> {
  const diagnoses = await examine(machine, [
    ...RUNTIME_CHECKS,
    ...(transport === undefined ? [] : [transportKindCheck(transport)]),
    ...CPU_CHECKS,
    ...KERNEL_CHECKS,
  ]);
  console.log(json ? JSON.stringify(diagnoses, undefined, 2) : formatDiagnoses(diagnoses));
  return diagnoses.some(({ verdict }) => verdict === 'fail') ? 1 : 0;
}

function formatDiagnoses(diagnoses: readonly Diagnosis[]): string {
  const width = Math.max(...diagnoses.map(({ name }) => name.length));
  return diagnoses
    .map(
      ({ name, verdict, found, advice }) =>
        `${verdict.padEnd(4)}  ${name.padEnd(width)}  ${found}. ${advice}`,
    )
    .join('\n');
}

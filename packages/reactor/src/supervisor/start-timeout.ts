/** The error of a start that took too long: it says what each reactor was doing. */
import { HioloadError } from '@hioload/api';

/** A reactor that is not ready yet, with what it is doing in words that follow "it was still". */
export interface WaitingReactor {
  readonly reactor: number;
  readonly phase: string;
}

/**
 * Makes the error of a start that took too long.
 * @param waiting the reactors that were not ready; empty where none had been started
 */
export function startTimeout(
  startTimeoutMs: number,
  waiting: readonly WaitingReactor[],
): HioloadError {
  const late = `not ready within ${startTimeoutMs} ms: ${describeWaiting(waiting)}`;
  return new HioloadError(
    'HIOLOAD_REACTOR_START_TIMEOUT',
    `${nameReactors(waiting)} ${late}. Raise startTimeoutMs on a busy machine; otherwise look ` +
      'for a start hook, a top-level await or a listen() that does not end',
  );
}

function nameReactors(waiting: readonly WaitingReactor[]): string {
  if (waiting.length === 0) return 'the server was';
  const numbers = waiting.map(({ reactor }) => reactor).join(', ');
  return waiting.length === 1 ? `reactor ${numbers} was` : `reactors ${numbers} were`;
}

function describeWaiting(waiting: readonly WaitingReactor[]): string {
  const phases = new Map<string, number[]>();
  for (const { reactor, phase } of waiting)
    phases.set(phase, [...(phases.get(phase) ?? []), reactor]);
  const [only, ...others] = phases.keys();
  if (only === undefined) return 'it was still preparing the start of its reactors';
  if (others.length === 0) return `${waiting.length === 1 ? 'it was' : 'they were'} still ${only}`;
  return Array.from(
    phases,
    ([phase, reactors]) =>
      `${reactors.join(', ')} ${reactors.length === 1 ? 'was' : 'were'} still ${phase}`,
  ).join('; ');
}

// The ways in which a hook can fail, for the cases of the transport contract.
import { nextTurn } from '@hioload/test-support/waiting';

/** Each way to fail with an error, by the verb that tells it. */
export function waysToFail(error: unknown): Readonly<Record<string, () => unknown>> {
  const throws = (): never => {
    throw error;
  };
  const rejects = async (): Promise<never> => throws();
  const rejectsLater = async (): Promise<never> => {
    await nextTurn();
    return throws();
  };
  return {
    throws,
    rejects,
    'rejects later': rejectsLater,
    'returns something like a promise that rejects': () => ({
      then: (_: unknown, onRejected: (cause: unknown) => void) => onRejected(error),
    }),
    'returns something whose then throws': () => ({ then: throws }),
    'returns something that throws when it is looked at': () => ({
      get then() {
        return throws();
      },
    }),
  };
}

// The ways in which a hook can fail, for the cases of the transport contract.
import { nextTurn } from '@hioload/test-support/waiting';

/** Each way to fail with an error, by the verb that tells it. */
export function waysToFail(error: unknown): Readonly<Record<string, () => unknown>> {
  const throws = (): never => {
    throw error;
  };
  return {
    throws,
    rejects: () => Promise.reject(error as Error),
    'rejects later': () => nextTurn().then(throws),
    'returns something like a promise that rejects': () => ({
      then: (_: unknown, reject: (cause: unknown) => void) => reject(error),
    }),
    'returns something whose then throws': () => ({ then: throws }),
    'returns something that throws when it is looked at': () => ({
      get then() {
        return throws();
      },
    }),
  };
}

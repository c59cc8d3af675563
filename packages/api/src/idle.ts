// How a reactor waits for work.

/**
 * What a loop does next. `Again`: look for work at once. `Park`: sleep until the doorbell rings.
 */
export const IdleStep = { Again: 'again', Park: 'park' } as const;
export type IdleStep = (typeof IdleStep)[keyof typeof IdleStep];

/** The idle strategies that come along. */
export type IdleName = 'park' | 'adaptive' | 'spin';

/**
 * Decides how a reactor waits for messages of the others. `park`, `adaptive` and `spin` come along;
 * `createServer({ loop })` may name a module whose default export is another. Every reactor loads
 * that module on its own thread.
 */
export interface IdleStrategy {
  /** The name that logs show. */
  readonly name: string;
  /** Told after each pass how many pieces of work it did; 0 or more. */
  next(handled: number): IdleStep;
}

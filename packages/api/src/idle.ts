/** The way in which an idle reactor waits for work. */

/**
 * The next step of an idle reactor. `Again`: it looks for work at once. `Park`: it sleeps until its
 * doorbell rings.
 */
export const IdleStep = { Again: 'again', Park: 'park' } as const;
export type IdleStep = (typeof IdleStep)[keyof typeof IdleStep];

/** The built-in idle strategies. */
export type IdleName = 'park' | 'adaptive' | 'spin';

/**
 * Decides how a reactor waits for messages of the others. `park`, `adaptive` and `spin` are built
 * in; `createServer({ loop })` may name a module whose default export is another one. Every
 * reactor loads that module on its own thread.
 */
export interface IdleStrategy {
  /** The name that the log and `/stats.json` show. */
  readonly name: string;
  /**
   * Decides the next step. Called after each pass, and once when the reactor loads the strategy. A
   * strategy that throws ends its reactor.
   * @param handled the amount of work that the pass has done, such as records; 0 or more
   */
  next(handled: number): IdleStep;
}

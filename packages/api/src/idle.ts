/**
 * What a loop does next. `Again`: look for work at once. `Park`: sleep until the doorbell rings.
 */
export const IdleStep = { Again: 'again', Park: 'park' } as const;
export type IdleStep = (typeof IdleStep)[keyof typeof IdleStep];

/** Decides how a loop waits for work; `hioload serve --loop` names them. */
export interface IdleStrategy {
  readonly name: 'spin' | 'adaptive' | 'park';
  /** Told after each pass how many pieces of work it did; 0 or more. */
  next(handled: number): IdleStep;
}

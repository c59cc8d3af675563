// A fake idle strategy for tests: answers each idle pass as the test says.
import { IdleStep, type IdleStrategy } from '@hioload/api';

/** Answers as the test says, and records its calls. */
export class FakeIdleStrategy implements IdleStrategy {
  readonly name = 'park';
  /** The answer to each pass from now on. */
  step: IdleStep = IdleStep.Park;
  /** The number of handled records of each pass, in order. */
  readonly handled: number[] = [];

  next(handled: number): IdleStep {
    this.handled.push(handled);
    return this.step;
  }
}

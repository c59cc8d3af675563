// A fake idle strategy for tests: answers each idle pass as the test says.
import { IdleStep, type IdleStrategy } from '@hioload/api';

/** Parks when the test says so, and remembers what it was told. */
export class FakeIdleStrategy implements IdleStrategy {
  readonly name = 'park';
  /** What each pass is answered from now on. */
  step: IdleStep = IdleStep.Park;
  /** What each pass has handled, in order. */
  readonly handled: number[] = [];

  next(handled: number): IdleStep {
    this.handled.push(handled);
    return this.step;
  }
}

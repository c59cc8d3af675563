/** An idle strategy of a user's: it looks twice before it sleeps, and says so once. */
import { IdleStep, type IdleStrategy } from '@hioload/reactor';

let looks = 0;
/** How often the strategy was asked, for the application of the test. */
(globalThis as { ownIdleAsked?: () => number }).ownIdleAsked = () => looks;

const idle: IdleStrategy = {
  name: 'twice',
  next(handled) {
    looks++;
    return handled > 0 || looks % 2 === 1 ? IdleStep.Again : IdleStep.Park;
  },
};

export default idle;

/** An idle strategy of a user: it looks twice before it sleeps, and counts its calls. */
import { IdleStep, type IdleStrategy } from '@hioload/reactor';

/** The calls of the strategy, for the application of the test. */
export interface OwnIdleFigures {
  asked: number;
  /** The sum of the records that the reactor had handled before each call. */
  handled: number;
}

const figures: OwnIdleFigures = { asked: 0, handled: 0 };
(globalThis as { ownIdle?: OwnIdleFigures }).ownIdle = figures;

const idle: IdleStrategy = {
  name: 'twice',
  next(handled) {
    figures.asked++;
    figures.handled += handled;
    return handled > 0 || figures.asked % 2 === 1 ? IdleStep.Again : IdleStep.Park;
  },
};

export default idle;

/** The outcome of one pass. A void pass has `numbers` too, because they show why it is void. */
export interface PassOutcome<Numbers> {
  readonly numbers: Numbers;
  /** The reason why the pass does not count; `null` if it counts. */
  readonly voidReason: string | null;
}

/** A pass, with its place in the run. */
export interface Pass<Numbers> extends PassOutcome<Numbers> {
  readonly arm: string;
  /** From 0. */
  readonly round: number;
  /** From 0. A higher number means that earlier attempts were void. */
  readonly attempt: number;
}

export interface RoundsPlan<Numbers> {
  /**
   * The arms, in the order of even rounds. Odd rounds run backwards, so that a drift favours no
   * arm.
   */
  readonly arms: readonly string[];
  readonly rounds: number;
  /** The most attempts at a pass. After them the round goes on without that pass. */
  readonly attempts: number;
  measure(arm: string, round: number): Promise<PassOutcome<Numbers>>;
  /** Called for each pass at its end, including void ones. */
  onPass?(pass: Pass<Numbers>): void;
}

/**
 * Runs each arm once per round, and repeats void passes at once. A rejection of `measure` ends the
 * run.
 */
export async function runRounds<Numbers>(plan: RoundsPlan<Numbers>): Promise<Pass<Numbers>[]> {
  const passes: Pass<Numbers>[] = [];
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const arm of round % 2 === 0 ? plan.arms : plan.arms.toReversed()) {
      for (let attempt = 0; attempt < plan.attempts; attempt += 1) {
        const outcome = await plan.measure(arm, round);
        const pass = { ...outcome, arm, round, attempt };
        passes.push(pass);
        plan.onPass?.(pass);
        if (outcome.voidReason === null) break;
      }
    }
  }
  return passes;
}

/** One number from each valid pass of an arm, by round. */
export function byRound<Numbers>(
  passes: readonly Pass<Numbers>[],
  arm: string,
  pick: (numbers: Numbers) => number,
): Map<number, number> {
  const values = new Map<number, number>();
  for (const pass of passes) {
    if (pass.arm === arm && pass.voidReason === null) values.set(pass.round, pick(pass.numbers));
  }
  return values;
}

/** The summary of several passes for one quantity. */
export interface Summary {
  readonly count: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** First and third quartile: half of the passes lie between them. */
  readonly lowerQuartile: number;
  readonly upperQuartile: number;
}

/**
 * The value below which a share of the values lies, interpolated between neighbours (type 7 of
 * Hyndman and Fan).
 * @param ascending at least one value, sorted @param share 0..1
 */
export function quantile(ascending: readonly number[], share: number): number {
  const last = ascending.length - 1;
  if (last < 0) throw new RangeError('quantile must get at least one value; got none');
  const place = share * last;
  const below = Math.floor(place);
  const lower = ascending[below]!;
  const upper = ascending[Math.min(below + 1, last)]!;
  return lower + (upper - lower) * (place - below);
}

/** Summarises values in any order; `null` if there are none. */
export function summarise(values: readonly number[]): Summary | null {
  if (values.length === 0) return null;
  const ascending = values.toSorted((a, b) => a - b);
  return {
    count: ascending.length,
    median: quantile(ascending, 0.5),
    min: ascending[0]!,
    max: ascending.at(-1)!,
    lowerQuartile: quantile(ascending, 0.25),
    upperQuartile: quantile(ascending, 0.75),
  };
}

/**
 * Divides round by round, so that a disturbance of a whole round cancels out. A round that is
 * missing on either side is left out.
 * @param values by round
 * @param baseline by round
 */
export function pairedRatios(
  values: ReadonlyMap<number, number>,
  baseline: ReadonlyMap<number, number>,
): number[] {
  const ratios: number[] = [];
  for (const [round, value] of values) {
    const base = baseline.get(round);
    if (base !== undefined) ratios.push(value / base);
  }
  return ratios;
}

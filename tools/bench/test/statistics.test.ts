// Tests of median, quartiles and range.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairedRatios, quantile, summarise } from '../src/core/statistics.js';

describe('summarise', () => {
  it('finds median, range and quartiles of an odd and an even number of values', () => {
    expect(summarise([5, 1, 4, 2, 3])).toEqual({
      count: 5,
      median: 3,
      min: 1,
      max: 5,
      lowerQuartile: 2,
      upperQuartile: 4,
    });
    expect(summarise([4, 1, 3, 2])).toMatchObject({
      median: 2.5,
      lowerQuartile: 1.75,
      upperQuartile: 3.25,
    });
  });

  it('orders numbers as numbers', () => {
    expect(summarise([9, 100, 20])).toMatchObject({ min: 9, median: 20, max: 100 });
  });

  it('is the value itself for one value, and null for none', () => {
    expect(summarise([7])).toMatchObject({
      count: 1,
      median: 7,
      min: 7,
      max: 7,
      lowerQuartile: 7,
      upperQuartile: 7,
    });
    expect(summarise([])).toBeNull();
  });

  it('has as many values below the median as above, whatever their order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const { median } = summarise(values)!;
        const below = values.filter((value) => value < median).length;
        const above = values.filter((value) => value > median).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });
});

describe('quantile', () => {
  it('goes from the least to the most', () => {
    expect([0, 0.5, 1].map((share) => quantile([2, 4, 8], share))).toEqual([2, 4, 8]);
  });

  it('refuses an empty list', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});

describe('pairedRatios', () => {
  it('divides within a round and leaves out rounds without a partner', () => {
    const ours = new Map([
      [0, 10],
      [1, 30],
      [3, 8],
    ]);
    const base = new Map([
      [0, 20],
      [2, 5],
      [3, 4],
    ]);
    expect(pairedRatios(ours, base)).toEqual([0.5, 2]);
  });
});

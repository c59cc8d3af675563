// Tests of the suggestion for a misspelt name.
import { describe, expect, it } from 'vitest';
import { suggest } from '../src/suggest.js';

describe('suggest', () => {
  const words = ['port', 'host', 'reactors', 'drainSpreadMs'];

  it.each([
    ['prot', 'port'],
    ['reactor', 'reactors'],
    ['reactros', 'reactors'],
    ['drainspreadms', 'drainSpreadMs'],
    ['drainSpredMs', 'drainSpreadMs'],
  ])('takes %s for %s', (word, meant) => {
    expect(suggest(word, words)).toBe(meant);
  });

  it.each(['x', '', 'workers', 'pt'])('does not guess at %j', (word) => {
    expect(suggest(word, words)).toBeUndefined();
  });
});

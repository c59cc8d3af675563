// Tests of tables and bar charts.
import { describe, expect, it } from 'vitest';
import { barChart } from '../src/core/bar-chart.js';
import { formatTable } from '../src/core/text-table.js';

describe('formatTable', () => {
  it('lines columns up, text to the left and numbers to the right', () => {
    const columns = [
      { title: 'server', align: 'left' },
      { title: 'msgs/s', align: 'right' },
    ] as const;
    const table = formatTable(columns, [
      ['uws', '100,000'],
      ['hioload', '9'],
    ]);
    expect(table.split('\n')).toEqual(['server    msgs/s', 'uws      100,000', 'hioload        9']);
  });
});

describe('barChart', () => {
  const bar = (label: string, value: number) => ({
    label,
    value,
    low: value / 2,
    high: value * 2,
    note: `${value}`,
  });
  const groups = [
    { title: 'few', bars: [bar('a', 10), bar('b & <c>', 20)] },
    { title: 'many', bars: [bar('a', 1000)] },
  ];
  const picture = barChart('speed', groups, ['small print'], new Set(['a']));
  const bars = [
    ...picture.matchAll(/<rect x="\d+" y="\d+" width="([\d.]+)" .* fill="(#\w+)"/g),
  ].map(([, width, colour]) => [Number(width), colour!] as const);

  it('draws bars in proportion, each group on its own scale', () => {
    const [few, twice, many] = bars.map(([width]) => width);
    expect(twice).toBeCloseTo(2 * few!, 0);
    expect(many).toBeCloseTo(twice!, 0);
  });

  it('makes the chosen bars stand out', () => {
    const [a, b, again] = bars.map(([, colour]) => colour);
    expect(a).toBe(again);
    expect(a).not.toBe(b);
  });

  it('is well formed whatever the labels hold', () => {
    expect(picture).toContain('>b &amp; &lt;c&gt;<');
    expect(picture).toMatch(/^<svg [^>]*>\n[^]*<\/svg>\n$/);
  });

  it('draws no bars at all', () => {
    expect(barChart('void', [{ title: 'none', bars: [] }], [], new Set())).not.toContain('NaN');
  });
});

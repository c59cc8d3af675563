// Tests of the plan of a storm, and of Zipf's law.
import { describe, expect, it } from 'vitest';
import { readOptions, UsageError } from '../../src/storm/storm-options.js';
import { planConnections } from '../../src/storm/storm-plan.js';
import { seededRandom } from '../../src/storm/random.js';
import { Zipf } from '../../src/storm/zipf.js';

describe('Zipf', () => {
  it('picks the n-th topic as rarely as its rank says', () => {
    const zipf = new Zipf(1_000, 1, seededRandom(1));
    const picked = Array.from({ length: 1_000 }, () => 0);
    for (let i = 0; i < 200_000; i++) picked[zipf.pick()]!++;
    expect(picked[0]! / picked[9]!).toBeGreaterThan(8);
    expect(picked[0]! / picked[9]!).toBeLessThan(12);
    expect(picked.slice(500).reduce((sum, count) => sum + count)).toBeGreaterThan(5_000);
  });

  it('picks all topics equally often without skew, and a single topic always', () => {
    const zipf = new Zipf(4, 0, seededRandom(2));
    const picked = [0, 0, 0, 0];
    for (let i = 0; i < 40_000; i++) picked[zipf.pick()]!++;
    for (const count of picked) expect(Math.abs(count - 10_000)).toBeLessThan(600);
    expect(new Zipf(1, 1, seededRandom(3)).pick()).toBe(0);
  });
});

describe('a plan', () => {
  const plan = (...args: string[]): ReturnType<typeof planConnections> => {
    const options = readOptions(['--seed', '7', ...args]);
    return planConnections(options, seededRandom(options.seed));
  };

  it('deals connections out evenly, and gives every topic a subscriber', () => {
    const connections = plan(
      '--tenants',
      '4',
      '--connections',
      '200',
      '--topics',
      '2000',
      '--topics-per-connection',
      '20',
    );
    for (const tenant of ['storm-1', 'storm-2', 'storm-3', 'storm-4']) {
      const own = connections.filter((connection) => connection.tenant === tenant);
      expect(own).toHaveLength(50);
      expect(new Set(own.flatMap(({ rooms }) => rooms)).size).toBe(500);
      for (const { rooms } of own) expect(new Set(rooms).size).toBe(20);
      const inHottest = own.filter(({ rooms }) => rooms.includes('topic-1')).length;
      const inCold = own.filter(({ rooms }) => rooms.includes('topic-490')).length;
      expect(inHottest).toBeGreaterThan(5 * inCold);
    }
  });

  it('is the same for the same seed', () => {
    expect(plan()).toEqual(plan());
    expect(plan()).not.toEqual(plan('--seed', '8'));
  });

  it('refuses more topics than exist', () => {
    const connections = plan('--topics', '3', '--tenants', '1', '--topics-per-connection', '500');
    for (const { rooms } of connections)
      expect(rooms.toSorted()).toEqual(['topic-1', 'topic-2', 'topic-3']);
  });
});

describe('the options of a storm', () => {
  it('choose a seed if none is given', () => {
    expect(readOptions([]).seed).toBeGreaterThanOrEqual(0);
    expect(readOptions(['--url', 'ws://localhost:9001/x'])).toMatchObject({
      url: 'ws://localhost:9001',
      tenants: 4,
    });
  });

  it.each([
    [['--rate', '0'], '--rate must be a whole number from 1 to 100000; got "0"'],
    [['--rate', '1.5'], 'got "1.5"'],
    [['--rate', 'many'], 'got "many"'],
    [['--rate', ''], 'got ""'],
    [['--seconds', '3601'], 'from 1 to 3600'],
    [['--skew', '5'], '--skew must be a number from 0 to 4; got "5"'],
    [['--seed', '-1'], '--seed'],
    [
      ['--url', 'http://localhost'],
      '--url must be a URL such as ws://127.0.0.1:9001; got "http://localhost"',
    ],
    [['--url', 'x'], 'got "x"'],
    [['--speed', '9'], '--speed'],
    [['9'], '9'],
  ])('refuse %s', (args, message) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(message);
  });
});

// Tests of the places of connections that take a page.
import { Metric } from '@hioload/api';
import { FakeMetrics } from '@hioload/fake';
import { expect, it } from 'vitest';
import { PagePlaces, type PageTaker } from '../src/shared/page-places.js';

function stand(max: number) {
  const metrics = new FakeMetrics();
  const places = new PagePlaces({ maxPageConnections: max, ipv6PrefixBits: 64 }, metrics);
  const cut: string[] = [];
  const enter = (name: string, remoteAddress: string): PageTaker => {
    const taker: PageTaker = {
      remoteAddress,
      cut() {
        cut.push(name);
        places.leave(taker);
      },
    };
    places.enter(taker);
    return taker;
  };
  return { metrics, places, cut, enter };
}

it('takes the place of the oldest one of the address that has the most', () => {
  const { metrics, cut, enter } = stand(4);
  enter('a1', 'a');
  for (const name of ['b1', 'b2', 'b3']) enter(name, 'b');
  enter('c1', 'c');
  enter('b4', 'b');
  expect(cut).toEqual(['b1', 'b2']);
  expect(metrics.read(Metric.PagesCut)).toBe(2);
});

it('counts the addresses of one IPv6 prefix as one', () => {
  const { cut, enter } = stand(4);
  enter('a1', '2001:db8:1::1');
  enter('a2', '2001:db8:1::1');
  enter('b1', '2001:db8:2::1');
  enter('b2', '2001:db8:2::2');
  enter('b3', '2001:db8:2::3');
  enter('b4', '2001:db8:2::4');
  expect(cut).toEqual(['a1', 'b1']);
});

it('has room again for each that left, once', () => {
  const { places, cut, enter } = stand(2);
  const first = enter('a1', 'a');
  enter('a2', 'a');
  places.leave(first);
  places.leave(first);
  enter('a3', 'a');
  expect(cut).toEqual([]);
  enter('a4', 'a');
  expect(cut).toEqual(['a2']);
});

it('cuts nobody without a limit', () => {
  const { cut, enter } = stand(0);
  for (let i = 0; i < 100; i++) enter('a', 'a');
  expect(cut).toEqual([]);
});

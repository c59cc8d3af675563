// Cases of the interest map, in every interleaving.
import { InterestMap, type Region } from '@hioload/pool';
import type { InterestWriter } from '@hioload/api';
import { defineCase, type InterleavingCase } from '../scheduler/case.js';

type Memory = { readonly map: Region };
const TOPIC = 5;
const memory = (): Memory => ({ map: InterestMap.create({ reactors: 40, buckets: 4 }).region });

/** Two reactors that share a word of the map come and go; a third thread looks. */
function comeAndGo(
  name: string,
  writerOf = (map: InterestMap, reactor: number) => map.writer(reactor),
): InterleavingCase {
  return defineCase<Memory>({
    name,
    memory,
    threads: [
      ({ map }) => {
        const writer = writerOf(InterestMap.attach(map), 3);
        return () => {
          writer.add(TOPIC);
          // Another topic of the same bucket: the bit has to stay when one of them goes.
          writer.add(TOPIC + 4);
          writer.remove(TOPIC);
          return [];
        };
      },
      ({ map }) => {
        const writer = writerOf(InterestMap.attach(map), 31);
        return () => {
          writer.add(TOPIC);
          writer.remove(TOPIC);
          return [];
        };
      },
      ({ map }) => {
        const reader = InterestMap.attach(map);
        return () => [reader.mask(TOPIC, 0), reader.mask(TOPIC, 0), reader.mask(TOPIC, 1)];
      },
    ],
    judge: ({ memory: { map }, reports: [, , [first = 0, second = 0, other = 0] = [0]] }) => {
      const end = InterestMap.attach(map).mask(TOPIC, 0);
      if (end !== 1 << 3)
        return `at the end the mask is ${end}, of reactor 3 alone it is ${1 << 3}`;
      if (other !== 0) return `the mask of reactors 32 to 63 is ${other}`;
      // Reactor 3 never goes again.
      return (first & ~second & (1 << 3)) === 0 ? null : 'reactor 3 was seen and then was not';
    },
  });
}

/** Adds and removes by a load and a store, and so undoes what others did in between. */
function carelessWriter({ region }: InterestMap, reactor: number): InterestWriter {
  const words = new Int32Array(region.buffer, region.byteOffset);
  const at = 32 + (TOPIC % 4) * 2;
  let topics = 0;
  return {
    add: () =>
      void (topics++ === 0 && Atomics.store(words, at, Atomics.load(words, at) | (1 << reactor))),
    remove: () =>
      void (--topics === 0 && Atomics.store(words, at, Atomics.load(words, at) & ~(1 << reactor))),
  };
}

export const cases: readonly InterleavingCase[] = [
  comeAndGo('two reactors come and go'),
  { ...comeAndGo('a bit set by load and store', carelessWriter), broken: true },
];

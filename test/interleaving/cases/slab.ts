// Cases of the slab, in every interleaving.
import { NO_BLOCK, Slab, type SlabGuest, type SlabOwner } from '@hioload/pool';
import { type CaseMemory, defineCase, type InterleavingCase } from '../scheduler/case.js';
import { blocksAtHome } from './blocks-at-home.js';
import { CarelessGuest } from './careless-guest.js';

const MARK = 7;

type Memory = CaseMemory & { readonly slab: Slab['region'] };

/**
 * Lends `blocks` blocks before the schedule begins, so that their handles are their numbers, and
 * marks them.
 */
function lendAll(slab: Slab, blocks: number, references: number): SlabOwner {
  const owner = slab.owner({ debug: false });
  for (let block = 0; block < blocks; block++) {
    const handle = owner.tryAcquire(8);
    owner.bytes[owner.startOf(handle)] = MARK;
    if (references > 1) owner.retain(handle, references - 1);
  }
  return owner;
}

/**
 * Tries to borrow again, and overwrites what it gets; goes on after its last attempt while there is
 * something, so that no block stays where the judge cannot see it. Reports the handles.
 */
function borrow(owner: SlabOwner, attempts: number): number[] {
  const got: number[] = [];
  for (let attempt = 1, handle = 0; attempt <= attempts || handle !== NO_BLOCK; attempt++) {
    handle = owner.tryAcquire(8);
    if (handle === NO_BLOCK) continue;
    owner.bytes[owner.startOf(handle)] = MARK + 1;
    got.push(handle);
  }
  return got;
}

/** Releases a block, and reports what its bytes were while the reference was held. */
function readAndRelease(guest: SlabGuest, handle: number): number[] {
  const mark = guest.bytes[guest.startOf(handle)]!;
  return [mark, Number(guest.release(handle))];
}

/** Each block is in one place: with the owner under its next handle, or at home. */
function judgeAllOnce(blocks: number, memory: Memory, borrowed: readonly number[]): string | null {
  const places = [
    ...borrowed.map((handle) => handle & 0xffff),
    ...blocksAtHome(memory.slab),
  ].toSorted((a, b) => a - b);
  const expected = Array.from({ length: blocks }, (_, block) => block);
  return places.join() === expected.join()
    ? null
    : `blocks ${places.join()} are borrowed or home, ${expected.join()} ought to be`;
}

const memoryOf = (blocks: number) => (): Memory => ({
  slab: Slab.create([{ blockBytes: 8, blocks }]).region,
});
const guestOf = ({ slab }: Memory): SlabGuest => Slab.attach(slab).guest({ debug: false });

const twoGuests = (name: string, open: (memory: Memory) => SlabGuest): InterleavingCase =>
  defineCase<Memory>({
    name,
    memory: memoryOf(2),
    threads: [
      ({ slab }) => {
        const owner = lendAll(Slab.attach(slab), 2, 1);
        return () => borrow(owner, 3);
      },
      ...[0, 1].map((handle) => (memory: Memory) => {
        const guest = open(memory);
        return () => readAndRelease(guest, handle);
      }),
    ],
    judge: ({ memory, reports: [borrowed, ...released] }) => {
      const sound = released.every(([mark, done]) => mark === MARK && done === 1);
      return sound
        ? judgeAllOnce(2, memory, borrowed!)
        : `the guests saw ${released.join(' and ')}`;
    },
  });

const lastOfTwo = (name: string, open: (memory: Memory) => SlabGuest): InterleavingCase =>
  defineCase<Memory>({
    name,
    memory: memoryOf(1),
    threads: [
      ({ slab }) => {
        const owner = lendAll(Slab.attach(slab), 1, 2);
        return () => borrow(owner, 2);
      },
      ...[0, 1].map(() => (memory: Memory) => {
        const guest = open(memory);
        return () => readAndRelease(guest, 0);
      }),
    ],
    judge: ({ memory, reports: [borrowed, ...released] }) => {
      const sound = released.every(([mark, done]) => mark === MARK && done === 1);
      return sound
        ? judgeAllOnce(1, memory, borrowed!)
        : `the guests saw ${released.join(' and ')}`;
    },
  });

const ownerAndGuest: InterleavingCase = defineCase<Memory>({
  name: 'owner and guest drop the last two references',
  memory: memoryOf(1),
  threads: [
    ({ slab }) => {
      const owner = lendAll(Slab.attach(slab), 1, 2);
      return () => {
        owner.release(0);
        return borrow(owner, 2);
      };
    },
    (memory) => {
      const guest = guestOf(memory);
      return () => readAndRelease(guest, 0);
    },
  ],
  judge: ({ memory, reports: [borrowed, [mark] = [0]] }) =>
    mark === MARK ? judgeAllOnce(1, memory, borrowed!) : `the guest saw ${mark}`,
});

const twiceReleased: InterleavingCase = defineCase<Memory>({
  name: 'two threads release one reference',
  memory: memoryOf(1),
  threads: [
    ({ slab }) => {
      const owner = lendAll(Slab.attach(slab), 1, 1);
      return () => borrow(owner, 2);
    },
    ...[0, 1].map(() => (memory: Memory) => {
      const guest = guestOf(memory);
      return () => [Number(guest.release(0))];
    }),
  ],
  judge: ({ memory, reports: [borrowed, [first] = [0], [second] = [0]] }) =>
    (first ?? 0) + (second ?? 0) === 1
      ? judgeAllOnce(1, memory, borrowed!)
      : `${first}, ${second}: not one of two releases`,
});

const careless =
  (fault: 'frees before it reads' | 'links without looking' | 'counts without looking') =>
  (memory: Memory) =>
    new CarelessGuest(memory.slab, fault) as unknown as SlabGuest;

export const cases: readonly InterleavingCase[] = [
  twoGuests('two guests send two blocks home', guestOf),
  lastOfTwo('two guests drop the last two references', guestOf),
  ownerAndGuest,
  twiceReleased,
  { ...twoGuests('free before read', careless('frees before it reads')), broken: true },
  {
    ...twoGuests('a link that overwrites another', careless('links without looking')),
    broken: true,
  },
  {
    ...lastOfTwo('a count that overwrites another', careless('counts without looking')),
    broken: true,
  },
];

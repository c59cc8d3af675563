// Faults that the quick tiers of the tests must notice, one in each part of the core.

/**
 * @typedef {object} Mutant
 * @property {string} name
 * @property {string} where the folder whose sources hold the text
 * @property {string} find a text that occurs exactly once there
 * @property {string} replace
 * @property {string} why the harm that the fault does
 * @property {readonly string[]} tests paths of the tests that look at this part
 */

const POOL = 'packages/pool/src';
const PROTOCOL = 'packages/protocol/src';
const BUS = 'packages/reactor/src/bus';

/** @type {readonly Mutant[]} */
export const MUTANTS = [
  {
    name: 'ring-1p1c: a full ring takes one record more',
    where: `${POOL}/ring`,
    find: 'this.#fullAt = (Atomics.load(this.#words, HEAD) + this.#capacity) | 0;',
    replace: 'this.#fullAt = (Atomics.load(this.#words, HEAD) + this.#capacity + 1) | 0;',
    why: 'The writer overwrites a record that the reader has not read.',
    tests: ['packages/pool/test/rings', 'test/model/rings'],
  },
  {
    name: 'ring-mp1c: a record shows before it is written',
    where: `${POOL}/mpsc`,
    find: '=== ((this.#head + 1) | 0);',
    replace: '!== this.#head;',
    why: 'The reader takes the slot of a lap before, or one that is still being written.',
    tests: ['packages/pool/test/mpsc-ring', 'test/model/mpsc-ring'],
  },
  {
    name: 'lane: the room is counted eight bytes too large',
    where: `${POOL}/lane`,
    find: 'if (distance(tail, this.#headSeen) <= this.#capacity) return true;',
    replace: 'if (distance(tail, this.#headSeen) <= this.#capacity + 8) return true;',
    why: 'A record ends on top of one that is unread.',
    tests: ['packages/pool/test/rings', 'test/model/rings'],
  },
  {
    name: 'slab: a block that came home keeps its generation',
    where: `${POOL}/slab`,
    find: '(((state >>> BLOCK_BITS) + 1) & GENERATION_MASK)',
    replace: '((state >>> BLOCK_BITS) & GENERATION_MASK)',
    why: 'A lease that has ended is taken for the lease of the next holder.',
    tests: ['packages/pool/test/slab', 'test/interleaving/slab'],
  },
  {
    name: 'decoder: a frame of the longest size is refused',
    where: PROTOCOL,
    find: 'payloadBytes > this.#maxFrameBytes &&',
    replace: 'payloadBytes >= this.#maxFrameBytes &&',
    why: 'A message of exactly maxPayloadBytes ends the connection with 1009.',
    tests: ['packages/protocol/test/frame-decoder', 'test/contract/net'],
  },
  {
    name: 'encoder: a text that needs a longer header stays where it is',
    where: PROTOCOL,
    find: 'bytes.copyWithin(at + lackingBytes, at, end);',
    replace: '',
    why: 'A text beyond ASCII that crosses a length form goes out shifted.',
    tests: ['packages/protocol/test/frame-encoder', 'test/contract/net'],
  },
  {
    name: 'mask: the key does not turn behind two odd octets',
    where: PROTOCOL,
    find: 'word = (word >>> 16) | (word << 16);',
    replace: '',
    why: 'A payload that begins at such an address is unmasked with the wrong octets.',
    tests: ['packages/protocol/test/mask'],
  },
  {
    name: 'utf8: code points above U+10FFFF are text',
    where: PROTOCOL,
    find: 'else if (octet === 0xf4) this.#highest = 0x8f;',
    replace: '',
    why: 'Octets that are no UTF-8 reach the application as text.',
    tests: ['packages/protocol/test/utf8', 'test/protocol/differential'],
  },
  {
    name: 'outbox: a lease for a full lane is not given back',
    where: BUS,
    find: 'if (record.isLeased) this.#parts.slab().owner.release(handle);',
    replace: '',
    why: 'Each long message that finds a lane full costs a block of the slab for good.',
    tests: ['packages/reactor/test/bus/'],
  },
  {
    name: 'inbox: the lanes are not taken in turn',
    where: BUS,
    find: 'this.#next = (this.#next + 1) % lanes.length;',
    replace: 'this.#next = (this.#next + 0) % lanes.length;',
    why: 'Only one of the lanes is read.',
    tests: ['packages/reactor/test/bus/inbox', 'packages/reactor/test/bus/publish'],
  },
  {
    name: 'outbox: a ring of the doorbell that is owed is forgotten',
    where: BUS,
    find: 'if (this.#gathered > 0 || this.#owesRing) this.#flush();',
    replace: 'if (this.#gathered > 0) this.#flush();',
    why: 'A reader sleeps on although records are shown to it.',
    tests: ['packages/reactor/test/bus/'],
  },
  {
    name: 'drain: the last connection of a slice is passed over',
    where: 'packages/reactor/src/worker',
    find: 'const to = Math.floor(((slice + 1) * conns.length) / slices);',
    replace: 'const to = Math.floor(((slice + 1) * conns.length) / slices) - 1;',
    why: 'A client is cut at the deadline without a close frame.',
    tests: ['packages/reactor/test/worker/drain'],
  },
  {
    name: 'parts: the kind of the operator is ignored',
    where: 'packages/reactor/src/parts',
    find: 'return { kind: await loadTransportKind(file), reason',
    replace: "return { kind: BUILT_IN_KINDS['net'], reason",
    why: 'The server serves with net, and says that it serves with the transport of the user.',
    tests: ['test/e2e/parts/parts'],
  },
  {
    name: 'parts: the pool of the user is dropped',
    where: 'packages/transport/src/net',
    find: "...(pool !== undefined && { pool: typeof pool === 'function' ? pool(of) : pool }),",
    replace: '',
    why: 'The transport takes its memory from somewhere else.',
    tests: ['test/e2e/parts/parts'],
  },
  {
    name: 'parts: the idle strategy of the user is shown and not asked',
    where: 'packages/reactor/src/bus',
    find: 'const step = idle.next(work());',
    replace: "const step = work() > 0 || idle.name === 'spin' ? IdleStep.Again : IdleStep.Park;",
    why: 'The reactor waits in a way of its own.',
    tests: ['test/e2e/parts/parts', 'packages/reactor/test/bus/lane-pump'],
  },
  {
    name: 'parts: the affinity of the user is ignored',
    where: 'packages/reactor/src/supervisor',
    find: 'affinity: affinity ?? machineAffinity(),',
    replace: 'affinity: machineAffinity(),',
    why: 'The server binds threads that the user binds in another way.',
    tests: ['test/e2e/parts/parts'],
  },
  {
    name: 'faults: only real promises are watched',
    where: 'packages/api/src',
    find: 'const then = isReal ? thenOfPromises : thenOf(value);',
    replace: 'const then = isReal ? thenOfPromises : undefined;',
    why: 'A hook that rejects with a promise of another library fails unseen.',
    tests: ['test/contract/net', 'test/contract/uws'],
  },
  {
    name: 'close handshake: the server does not shut after its answer',
    where: PROTOCOL,
    find: 'return isServer ? CloseStep.SendAndShut : CloseStep.Send;',
    replace: 'return CloseStep.Send;',
    why: 'The TCP connection stays open behind both close frames.',
    tests: ['packages/protocol/test/close', 'test/contract/net'],
  },
];

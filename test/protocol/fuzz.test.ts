// Fuzzes the reader against a reference reader.
import { PermessageDeflate } from '@hioload/protocol';
import { Prng } from '@hioload/test-support/random';
import { describe, expect, it } from 'vitest';
import { type OurOptions, readByOurs } from './our-reader.js';
import { makeCompressedSession, makeHostileSession } from './hostile-sessions.js';
import { InflateByNode } from './reference-inflate.js';
import { type Outcome, readByTheBook } from './reference-reader.js';
import { cutAtRandom, makeSession } from './sessions.js';
import { type Reading, readInTurn } from './shared-reading.js';

/** How long to look for faults: 5 s in `npm test`, longer in `npm run test:all`, hours by hand. */
const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 5);
/** Repeats a run; a failure prints the one it had. */
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);

const LIMITS = { maxMessageBytes: 4_000, maxFragments: 3 };

/** One case, all of it decided by its seed. */
function tryPlain(seed: number): void {
  const random = new Prng(seed);
  const options = { ...LIMITS, isServer: random.oneIn(2) };
  const session = makeSession(random, options.isServer);
  const expected = readByTheBook(session, options);
  const chunks = cutAtRandom(random, session);
  const { peakBytes, events, code } = readByOurs(chunks, options);
  expect({ events, code }, session.toString('hex')).toEqual(expected);
  // A message and a frame of it, each in a block that doubles; the pool rounds up to a power of
  // two.
  expect(peakBytes).toBeLessThanOrEqual(4 * 8_192);
}

/**
 * With compression there is no second opinion: all ways to cut the same bytes have to come to the
 * same.
 */
function tryCompressed(seed: number, deflate: PermessageDeflate): void {
  const random = new Prng(seed);
  const isServer = random.oneIn(2);
  const session = makeSession(random, isServer);
  // The mark of compression on some first frames, their payload being whatever it is.
  for (let at = 0; at < session.length; at += 1 + random.below(session.length))
    session[at]! ^= 0x40;
  const read = (chunks: readonly Uint8Array[]): object => {
    const extension = deflate.accept([])!.session;
    const options: OurOptions = { ...LIMITS, isServer, extension };
    const { peakBytes, ...found } = readByOurs(chunks, options);
    extension.release();
    expect(peakBytes).toBeLessThanOrEqual(4 * 8_192);
    return found;
  };
  const whole = read([Buffer.from(session)]);
  expect(read(cutAtRandom(random, session)), session.toString('hex')).toEqual(whole);
  expect(deflate.contexts.lentBytes).toBe(0);
}

const HOSTILE_LIMITS = { maxMessageBytes: 100_000, maxFragments: 6 };

/** Several connections, as a reactor reads them. */
function tryHostile(seed: number): void {
  const random = new Prng(seed);
  const readings = Array.from({ length: 1 + random.below(3) }, (): Reading => {
    const isServer = !random.oneIn(3);
    return { session: makeHostileSession(random, isServer), isServer };
  });
  const expected = readings.map(({ session, isServer }) =>
    readByTheBook(session, { ...HOSTILE_LIMITS, isServer }),
  );
  expectSame(readInTurn(random, readings, HOSTILE_LIMITS), expected);
}

/** The same with compression, against Node's own way to inflate. */
function tryDeflated(seed: number): void {
  const random = new Prng(seed);
  const contextTakeover = random.oneIn(2);
  const deflate = new PermessageDeflate({ contextTakeover });
  const readings = Array.from({ length: 1 + random.below(3) }, (): Required<Reading> => {
    const isServer = !random.oneIn(3);
    return {
      session: makeCompressedSession(random, isServer),
      isServer,
      extension: deflate.accept([])!.session,
    };
  });
  const found = readInTurn(random, readings, HOSTILE_LIMITS);
  const expected = readings.map(({ session, isServer }, connection) => {
    const inflate = new InflateByNode(contextTakeover);
    const outcome = readByTheBook(session, { ...HOSTILE_LIMITS, isServer, inflate });
    return inflate.hasTwoFaults && found[connection]?.code === 1009
      ? { ...outcome, code: 1009 }
      : outcome;
  });
  expectSame(found, expected);
  for (const { extension } of readings) extension.release();
  expect(deflate.contexts.lentBytes).toBe(0);
  deflate.contexts.trim();
}

function expectSame(found: readonly Outcome[], expected: readonly Outcome[]): void {
  for (const [index, outcome] of found.entries()) {
    // Compared as text first: a message of 70,000 octets takes long to be told apart.
    if (JSON.stringify(outcome) === JSON.stringify(expected[index])) continue;
    expect(outcome, `connection ${index}`).toEqual(expected[index]);
  }
}

function fuzz(attempt: (seed: number) => void, seconds: number): number {
  const until = performance.now() + seconds * 1_000;
  let cases = 0;
  for (; performance.now() < until; cases++) {
    const seed = (SEED + cases) | 0;
    try {
      attempt(seed);
    } catch (cause) {
      throw new Error(`FUZZ_SEED=${seed} repeats this as its first case`, { cause });
    }
  }
  return cases;
}

const TIMEOUT = { timeout: SECONDS * 1_000 + 30_000 };
const compressed = (contextTakeover: boolean) => {
  const deflate = new PermessageDeflate({ contextTakeover });
  return (seed: number): void => tryCompressed(seed, deflate);
};

describe(`fuzzing the reader for ${SECONDS} s`, () => {
  it.each([
    ['agrees with the standard by the book on short sessions', tryPlain, 0.4],
    [
      'agrees with the standard by the book on long ones, several of them in one buffer',
      tryHostile,
      0.25,
    ],
    ['agrees with what Node inflates, several connections in one buffer', tryDeflated, 0.2],
    ['is not led astray by compressed noise', compressed(false), 0.075],
    ['is not led astray by compressed noise where contexts live on', compressed(true), 0.075],
  ] as const)('%s', TIMEOUT, (_name, attempt, share) => {
    expect(fuzz(attempt, SECONDS * share)).toBeGreaterThan(0);
  });
});

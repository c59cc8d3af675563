import { PermessageDeflate } from '@hioload/protocol';
import { describe, expect, it } from 'vitest';
import { type OurOptions, readByOurs } from './our-reader.js';
import { Prng } from './prng.js';
import { readByTheBook } from './reference-reader.js';
import { cutAtRandom, makeSession } from './sessions.js';

/** How long to look for trouble: 20 s unless told otherwise, hours by hand. */
const SECONDS = Number(process.env['HIOLOAD_FUZZ_SECONDS'] ?? 20);
/** Repeats a run; a failure prints the one it had. */
const SEED = Number(process.env['HIOLOAD_FUZZ_SEED'] ?? Date.now() % 2 ** 31);

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
  // A message and a frame of it, each in a block that doubles; the pool rounds up to a power of two.
  expect(peakBytes).toBeLessThanOrEqual(4 * 8_192);
}

/** With compression there is no second opinion: all ways to cut the same bytes have to come to the same. */
function tryCompressed(seed: number, deflate: PermessageDeflate): void {
  const random = new Prng(seed);
  const isServer = random.oneIn(2);
  const session = makeSession(random, isServer);
  // The mark of compression on some first frames, their payload being whatever it is.
  for (let at = 0; at < session.length; at += 1 + random.below(session.length)) session[at]! ^= 0x40;
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

function fuzz(attempt: (seed: number) => void, seconds: number): number {
  const until = performance.now() + seconds * 1_000;
  let cases = 0;
  for (; performance.now() < until; cases++) {
    const seed = (SEED + cases) | 0;
    try {
      attempt(seed);
    } catch (cause) {
      throw new Error(`HIOLOAD_FUZZ_SEED=${seed} repeats this as its first case`, { cause });
    }
  }
  return cases;
}

describe('fuzzing the reader', () => {
  it(`agrees with the standard by the book for ${SECONDS * 0.7} s`, { timeout: SECONDS * 1_000 + 30_000 }, () => {
    expect(fuzz(tryPlain, SECONDS * 0.7)).toBeGreaterThan(0);
  });

  it(`is not led astray by compressed noise for ${SECONDS * 0.3} s`, { timeout: SECONDS * 1_000 + 30_000 }, () => {
    for (const contextTakeover of [false, true]) {
      const deflate = new PermessageDeflate({ contextTakeover });
      expect(fuzz((seed) => tryCompressed(seed, deflate), SECONDS * 0.15)).toBeGreaterThan(0);
    }
  });
});

// Tests of the error of a start that took too long.
import { describe, expect, it } from 'vitest';
import { startTimeout } from '../../src/supervisor/start-timeout.js';

const ADVICE =
  '. Raise startTimeoutMs on a busy machine; otherwise look for a start hook, a top-level await ' +
  'or a listen() that does not end';

describe('startTimeout', () => {
  it.each([
    [[], 'the server was not ready within 50 ms: it was still preparing the start of its reactors'],
    [[[0, 'loading']], 'reactor 0 was not ready within 50 ms: it was still loading'],
    [
      [
        [0, 'loading'],
        [2, 'loading'],
      ],
      'reactors 0, 2 were not ready within 50 ms: they were still loading',
    ],
    [
      [
        [0, 'loading'],
        [1, 'joining'],
        [2, 'loading'],
      ],
      'reactors 0, 1, 2 were not ready within 50 ms: 0, 2 were still loading; 1 was still joining',
    ],
  ] as [[number, string][], string][])('names the phases of %j', (waiting, text) => {
    const reactors = waiting.map(([reactor, phase]) => ({ reactor, phase }));
    expect(startTimeout(50, reactors)).toMatchObject({
      code: 'HIOLOAD_REACTOR_START_TIMEOUT',
      message: text + ADVICE,
    });
  });
});

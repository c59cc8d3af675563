// Tests of the options of a transport.
import { DEFAULT_LIMITS, type Limits, type TransportOptions } from '@hioload/api';
import { fakeTransportOptions } from '@hioload/fake';
import { describe, expect, it } from 'vitest';
import { createNetTransport } from '../src/net/index.js';
import { createUwsTransport } from '../src/uws/index.js';

const MAKERS = { createNetTransport, createUwsTransport };
const NEEDED = Object.keys(fakeTransportOptions()) as (keyof TransportOptions)[];

/** Complete options, changed by `options`. */
const optionsWith = (options: object): TransportOptions => ({
  ...fakeTransportOptions(),
  ...options,
});

describe.each(Object.entries(MAKERS))('%s', (_, create) => {
  it.each(NEEDED)('names %s if it is missing', async (name) => {
    await expect(create(optionsWith({ [name]: undefined }))).rejects.toMatchObject({
      code: 'HIOLOAD_OPTION_INVALID',
      message: expect.stringMatching(new RegExp(`^${name} must be .+; got undefined$`)) as string,
    });
  });

  it.each<[keyof TransportOptions, unknown, string]>([
    ['metrics', {}, 'an object with the function add'],
    ['admission', { admit: () => 'admitted' }, 'an object with the functions admit and release'],
    ['pools', { bytes: {} }, 'an object with the pool bytes and the function objects'],
    ['firstConnId', 0, 'a whole number from 1'],
    ['limits', null, 'an object with every limit, such as DEFAULT_LIMITS'],
  ])('refuses %s of another kind', async (name, value, needed) => {
    await expect(create(optionsWith({ [name]: value }))).rejects.toMatchObject({
      code: 'HIOLOAD_OPTION_INVALID',
      message: expect.stringMatching(new RegExp(`^${name} must be ${needed}; got .+$`)) as string,
    });
  });

  it.each<[keyof TransportOptions | keyof Limits, unknown]>([
    ['idleTimeoutSeconds', 7],
    ['idleTimeoutSeconds', 961],
    ['maxPayloadBytes', 2 ** 31],
    ['maxPayloadBytes', -1],
    ['maxBufferedBytes', 2 ** 31],
    ['maxBufferedBytes', 0],
    ['upgradeTimeoutSeconds', 1.5],
    ['maxTopicBytes', NaN],
    ['maxMessagesPerSecond', '5'],
  ])('refuses the limit %s with the value %s', async (name, value) => {
    const limits = { ...DEFAULT_LIMITS, [name]: value };
    await expect(create(optionsWith({ limits }))).rejects.toMatchObject({
      code: 'HIOLOAD_OPTION_INVALID',
      message: expect.stringMatching(
        new RegExp(`^limits\\.${name} must be a whole number from .+; got .+$`),
      ) as string,
    });
  });

  it.each([
    ['path', 'chat'],
    ['whenBufferFull', 'wait'],
  ])('refuses %s: %s', async (name, value) => {
    await expect(create(optionsWith({ [name]: value }))).rejects.toMatchObject({
      code: 'HIOLOAD_OPTION_INVALID',
    });
  });

  it('tells the range and the unit of a limit', async () => {
    const limits = { ...DEFAULT_LIMITS, idleTimeoutSeconds: 7 };
    await expect(create(optionsWith({ limits }))).rejects.toThrow(
      'limits.idleTimeoutSeconds must be a whole number from 8 to 960 (seconds), ' +
        'or 0 to turn it off; got 7',
    );
  });

  it('refuses limits if one is missing', async () => {
    await expect(create(optionsWith({ limits: {} }))).rejects.toMatchObject({
      code: 'HIOLOAD_OPTION_INVALID',
    });
  });

  it('refuses missing options', async () => {
    await expect(create(undefined as unknown as TransportOptions)).rejects.toMatchObject({
      code: 'HIOLOAD_OPTION_INVALID',
      message: 'the options must be an object',
    });
  });
});

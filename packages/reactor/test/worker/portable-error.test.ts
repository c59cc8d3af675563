// Tests of how an error of a reactor thread reaches the supervisor.
import { HioloadError } from '@hioload/api';
import { describe, expect, it } from 'vitest';
import {
  fromPortableError,
  toPortableError,
  toPortableFault,
} from '../../src/worker/portable-error.js';

/** The error that the supervisor throws for an error of reactor 3. */
const arrive = (error: unknown): HioloadError =>
  fromPortableError(3, structuredClone(toPortableError(error)));

describe('an error of a reactor thread', () => {
  it('arrives with its code, its message, and the error behind it as the cause', () => {
    const cause = Object.assign(new TypeError('no card'), { code: 'ENODEV' });
    const thrown = new HioloadError('HIOLOAD_PART_FAILED', 'transport: no card', { cause });
    const arrived = arrive(thrown);
    expect(arrived).toBeInstanceOf(HioloadError);
    expect(arrived).toMatchObject({ code: 'HIOLOAD_PART_FAILED', message: 'transport: no card' });
    expect(arrived.cause).toBeInstanceOf(Error);
    expect(arrived.cause).toMatchObject({
      name: 'TypeError',
      message: 'no card',
      code: 'ENODEV',
      stack: cause.stack,
    });
  });

  it('has a stack that begins with its own message', () => {
    const cause = new Error('inner');
    const arrived = arrive(new HioloadError('HIOLOAD_MODULE_FAILED', 'module: inner', { cause }));
    expect(arrived.stack).toMatch(/^HioloadError: module: inner\n\s+at .*portable-error\.test/);
    expect(arrive(new Error('raw')).stack).toMatch(/^HioloadError: reactor 3: raw\n\s+at /);
  });

  it('has no cause if the framework itself found the fault', () => {
    expect(arrive(new HioloadError('HIOLOAD_MODULE_NO_APP', 'module: none'))).not.toHaveProperty(
      'cause',
    );
  });

  it.each([
    [new RangeError('far'), 'RangeError', 'far'],
    ['a text', 'Error', 'a text'],
    [undefined, 'Error', 'undefined'],
  ])('is the cause itself if it is no error of the framework: %s', (thrown, name, message) => {
    const arrived = arrive(thrown);
    expect(arrived).toMatchObject({
      code: 'HIOLOAD_REACTOR_START_FAILED',
      message: `reactor 3: ${message}`,
      cause: { name, message },
    });
    expect((arrived.cause as Error).stack).toMatch(new RegExp(`^${name}: ${message}`));
  });

  it('is a fault of the reactor if nothing caught it, whatever its code', () => {
    const uncaught = new HioloadError('HIOLOAD_TOPIC_INVALID', 'topic: too long');
    expect(fromPortableError(3, toPortableFault(uncaught))).toMatchObject({
      code: 'HIOLOAD_REACTOR_START_FAILED',
      message: 'reactor 3: topic: too long',
      cause: { name: 'HioloadError', code: 'HIOLOAD_TOPIC_INVALID' },
    });
  });

  it('keeps the whole chain of its causes', () => {
    const refused = Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' });
    const fetching = new TypeError('fetch failed', { cause: new AggregateError([refused], '') });
    const thrown = new HioloadError('HIOLOAD_MODULE_FAILED', 'module: failed', { cause: fetching });
    const arrived = arrive(thrown);
    expect(arrived.cause).toMatchObject({
      name: 'TypeError',
      message: 'fetch failed',
      cause: {
        name: 'AggregateError',
        cause: { message: 'connect refused', code: 'ECONNREFUSED', stack: refused.stack },
      },
    });
    expect(arrive(fetching).message).toBe(
      'reactor 3: fetch failed (cause: AggregateError (cause: connect refused))',
    );
  });
});

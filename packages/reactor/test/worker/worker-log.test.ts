// Tests of the log of a reactor, which takes whatever an application hands in.
import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../src/log/log-ring.js';
import { createWorkerLog } from '../../src/worker/worker-log.js';

/** A writer that takes what JSON can carry. */
function recorder(): { readonly lines: unknown[]; write(line: LogLine): void } {
  const lines: unknown[] = [];
  return { lines, write: (line) => void lines.push(JSON.parse(JSON.stringify(line))) };
}

describe('the log of a reactor', () => {
  it('adds the number of the reactor', () => {
    const writer = recorder();
    createWorkerLog(writer, 3).info('hello', { a: 1 });
    expect(writer.lines).toEqual([
      { level: 'info', message: 'hello', fields: { reactor: 3, a: 1 } },
    ]);
  });

  it('writes the readable rest if a field or the message cannot be read', () => {
    const writer = recorder();
    const log = createWorkerLog(writer, 0);
    const throwing = (): never => {
      throw new Error('no field');
    };
    log.warn('a', { big: 1n, fine: 'b' });
    log.warn('c', Object.defineProperty({}, 'x', { enumerable: true, get: throwing }));
    log.warn('d', { bare: Object.assign(Object.create(null) as object, { toJSON: throwing }) });
    log.warn('e', new Proxy({}, { ownKeys: throwing }));
    log.warn('f', null as never);
    log.warn(7n as never);
    log.warn({ toString: throwing } as never);
    expect(writer.lines).toEqual([
      { level: 'warn', message: 'a', fields: { reactor: 0, big: '1', fine: 'b' } },
      { level: 'warn', message: 'c', fields: { reactor: 0, x: 'no field' } },
      {
        level: 'warn',
        message: 'd',
        fields: { reactor: 0, bare: 'a value that cannot be printed' },
      },
      { level: 'warn', message: 'e', fields: { reactor: 0 } },
      { level: 'warn', message: 'f', fields: { reactor: 0 } },
      { level: 'warn', message: '7', fields: { reactor: 0 } },
      { level: 'warn', message: 'a value that cannot be printed', fields: { reactor: 0 } },
    ]);
  });

  it('keeps the code and the causes of an error, wherever the error stands', () => {
    const writer = recorder();
    const log = createWorkerLog(writer, 0);
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    const error = new TypeError('fetch failed', { cause });
    const err = {
      type: 'TypeError',
      message: 'fetch failed (cause: refused)',
      stack: expect.stringMatching(
        /^TypeError: fetch failed\n[^]*caused by: Error: refused/,
      ) as string,
    };
    log.error('the call failed', { err: error, tries: 3 });
    log.error('the call failed', error as never);
    log.error(error as never);
    log.error(error as never, 'the call failed' as never);
    expect(writer.lines).toEqual([
      { level: 'error', message: 'the call failed', fields: { reactor: 0, err, tries: 3 } },
      { level: 'error', message: 'the call failed', fields: { reactor: 0, err } },
      { level: 'error', message: 'fetch failed (cause: refused)', fields: { reactor: 0, err } },
      { level: 'error', message: 'the call failed', fields: { reactor: 0, err } },
    ]);
  });

  it('takes the fields before the message, too', () => {
    const writer = recorder();
    createWorkerLog(writer, 0).info({ a: 1 } as never, 'hello' as never);
    expect(writer.lines).toEqual([
      { level: 'info', message: 'hello', fields: { reactor: 0, a: 1 } },
    ]);
  });

  it('cuts long texts, which the log ring would lose', () => {
    const writer = recorder();
    createWorkerLog(writer, 0).info('m'.repeat(1e6), { field: 'f'.repeat(1e6), short: 's' });
    expect(JSON.stringify(writer.lines).length).toBeLessThan(5_000);
    expect(writer.lines).toMatchObject(
      [{ message: /^m+\.\.\. \(\d+ more\)$/, fields: { field: /^f+\.\.\. /, short: 's' } }].map(
        ({ message, fields }) => ({
          message: expect.stringMatching(message) as string,
          fields: { ...fields, field: expect.stringMatching(fields.field) as string },
        }),
      ),
    );
  });
});

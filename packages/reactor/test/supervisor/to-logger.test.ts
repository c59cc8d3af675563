// Tests of using a logger like pino or console.
import type { LogFields, Logger } from '@hioload/api';
import { describe, expect, it } from 'vitest';
import { type PinoLike, toLogger } from '../../src/supervisor/to-logger.js';

/** A logger that keeps the arguments of each call. It needs `this`, as pino does. */
class Recorder {
  readonly calls: unknown[][] = [];
  debug(...args: unknown[]): void {
    this.calls.push(['debug', ...args]);
  }
  info(...args: unknown[]): void {
    this.calls.push(['info', ...args]);
  }
  warn(...args: unknown[]): void {
    this.calls.push(['warn', ...args]);
  }
  error(...args: unknown[]): void {
    this.calls.push(['error', ...args]);
  }
}

class PinoRecorder extends Recorder {
  bindings(): object {
    return {};
  }
}

class BunyanRecorder extends Recorder {
  addStream(_stream: { readonly path: string }): void {}
}

/** Its functions take the fields first, but nothing tells a server so. */
class SecretRecorder {
  debug(_fields: object, _message?: string): void {}
  info(_fields: object, _message?: string): void {}
  warn(_fields: object, _message?: string): void {}
  error(_fields: object, _message?: string): void {}
  child(): this {
    return this;
  }
}

function logAll(log: Logger): void {
  const fields: LogFields = { a: 1 };
  log.debug('d', fields);
  log.info('i');
  log.warn('w', fields);
  log.error('e', fields);
}

describe('toLogger', () => {
  it('hands a logger like console the message first', () => {
    const recorder = new Recorder();
    logAll(toLogger(recorder));
    const fields = { a: 1 };
    expect(recorder.calls).toEqual([
      ['debug', 'd', fields],
      ['info', 'i'],
      ['warn', 'w', fields],
      ['error', 'e', fields],
    ]);
  });

  it.each([
    ['pino', new PinoRecorder()],
    ['bunyan', new BunyanRecorder()],
  ])('hands a logger like %s the fields first', (_, recorder) => {
    logAll(toLogger(recorder));
    const fields = { a: 1 };
    expect(recorder.calls).toEqual([
      ['debug', fields, 'd'],
      ['info', {}, 'i'],
      ['warn', fields, 'w'],
      ['error', fields, 'e'],
    ]);
  });

  it('has a type for the loggers that it can tell apart', () => {
    const pino: PinoLike = new PinoRecorder();
    const bunyan: PinoLike = new BunyanRecorder();
    // @ts-expect-error It has neither `bindings` nor `addStream`.
    const secret: PinoLike = new SecretRecorder();
    expect([pino, bunyan, secret]).toHaveLength(3);
  });

  it('survives a logger that throws or rejects, and warns once', async () => {
    const warnings: string[] = [];
    const hear = (warning: Error): unknown => warnings.push(warning.message);
    process.on('warning', hear);
    const full = (): never => {
      throw new Error('the disk is full');
    };
    const lost = (): unknown => Promise.reject(new Error('no network'));
    const log = toLogger({ debug: full, info: lost, warn: full, error: lost, lostLines: () => 10 });
    logAll(log);
    await new Promise(setImmediate);
    expect(log.lostLines()).toBe(14);
    process.off('warning', hear);
    expect(warnings).toEqual(['the log of the server fails, and lines are lost: the disk is full']);
  });

  it('writes nothing for null', () => {
    logAll(toLogger(null));
  });

  it('refuses a logger that lacks a level', () => {
    expect(() => toLogger({ info: () => undefined } as never)).toThrow(
      /^log must be a logger .*; it has no function debug$/,
    );
  });
});

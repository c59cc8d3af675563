// Tests of using a logger like pino or console.
import type { LogFields, Logger } from '@hioload/api';
import { describe, expect, it } from 'vitest';
import { toLogger } from '../../src/supervisor/to-logger.js';

/** A logger that keeps the arguments of each call, and works by `this` as pino does. */
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

  it('hands a logger like pino the fields first', () => {
    const recorder = new PinoRecorder();
    logAll(toLogger(recorder));
    const fields = { a: 1 };
    expect(recorder.calls).toEqual([
      ['debug', fields, 'd'],
      ['info', {}, 'i'],
      ['warn', fields, 'w'],
      ['error', fields, 'e'],
    ]);
  });

  it('survives a logger that throws or rejects, and warns once', async () => {
    const warnings: string[] = [];
    const hear = (warning: Error): unknown => warnings.push(warning.message);
    process.on('warning', hear);
    const full = (): never => {
      throw new Error('the disk is full');
    };
    const lost = (): unknown => Promise.reject(new Error('no network'));
    logAll(toLogger({ debug: full, info: lost, warn: full, error: lost }));
    await new Promise(setImmediate);
    process.off('warning', hear);
    expect(warnings).toEqual(['the log of the server fails, and lines are lost: the disk is full']);
  });

  it('writes nothing for null', () => {
    logAll(toLogger(null));
  });

  it('refuses what lacks a level', () => {
    expect(() => toLogger({ info: () => undefined } as never)).toThrow(
      /^log must be a logger .* its debug is nothing$/,
    );
  });
});

import { describe, expect, it } from 'vitest';
import { createLogger, type LogStyle, logStyle } from '../../src/log/logger.js';

const JSON_STYLE: LogStyle = { level: 'info', format: 'json', color: false };
const PRETTY_STYLE: LogStyle = { level: 'debug', format: 'pretty', color: false };

/** A logger and the lines that it has written when its calls return. */
function capture(style: LogStyle): { log: ReturnType<typeof createLogger>; lines: string[] } {
  const lines: string[] = [];
  return { log: createLogger(style, { write: (line) => void lines.push(line) }), lines };
}

describe('logStyle', () => {
  it('is pretty on a terminal and JSON elsewhere, unless told', () => {
    expect(logStyle('info', 'auto', true, {})).toEqual({ level: 'info', format: 'pretty', color: true });
    expect(logStyle('info', 'auto', false, {})).toEqual({ level: 'info', format: 'json', color: false });
    expect(logStyle('info', 'json', true, {}).format).toBe('json');
    expect(logStyle('info', 'pretty', false, {})).toMatchObject({ format: 'pretty', color: false });
    expect(logStyle('info', 'pretty', true, { NO_COLOR: '1' }).color).toBe(false);
  });
});

describe('JSON lines', () => {
  it('hold level, time, message and fields', () => {
    const { log, lines } = capture(JSON_STYLE);
    log.warn('reactor 1 stalled', { reactor: 1 });
    expect(lines).toHaveLength(1);
    const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    expect(line).toMatchObject({ level: 'warn', msg: 'reactor 1 stalled', reactor: 1, pid: process.pid });
    expect(line['time']).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it('leave out what is below the level', () => {
    const { log, lines } = capture(JSON_STYLE);
    log.debug('hidden');
    log.info('shown');
    expect(lines).toHaveLength(1);
    expect(capture({ ...JSON_STYLE, level: 'silent' }).lines).toEqual([]);
  });

  it('keep message and stack of an error in any field', () => {
    const { log, lines } = capture(JSON_STYLE);
    log.error('failed', { cause: new Error('boom') });
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      cause: { message: 'boom', stack: expect.any(String) as string },
    });
  });
});

describe('pretty lines', () => {
  it('are one line each, fields included', () => {
    const { log, lines } = capture(PRETTY_STYLE);
    log.info('ready', { port: 9001, cpus: [0, 1] });
    expect(lines.join('')).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: ready \{"port":9001,"cpus":\[0,1\]\}\n$/);
  });

  it('show a stack below its line', () => {
    const { log, lines } = capture(PRETTY_STYLE);
    log.error('failed', { stack: 'Error: boom\n    at app.ts:1:1' });
    expect(lines.join('').split('\n').slice(1)).toEqual(['    Error: boom', '        at app.ts:1:1', '']);
  });
});

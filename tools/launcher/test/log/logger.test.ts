// Tests of the logger of the launcher.
import { describe, expect, it } from 'vitest';
import { createLogger, type LogStyle, logStyle } from '../../src/log/logger.js';

const JSON_STYLE: LogStyle = { level: 'info', format: 'json', color: false };
const PRETTY_STYLE: LogStyle = { level: 'debug', format: 'pretty', color: false };

/** Controls of C0 and C1, marks that turn the direction of text, and separators of lines. */
const UNSEEN =
  '\u0000\u007F\u0080\u0085\u202E\u009F\u061C\u200E\u200F\u2028\u2029\u202A\u2066\u2069\uFEFF';

/** Makes a logger and the lines that it has written; each line is there when its call returns. */
function capture(style: LogStyle): { log: ReturnType<typeof createLogger>; lines: string[] } {
  const lines: string[] = [];
  return { log: createLogger(style, { write: (line) => void lines.push(line) }), lines };
}

describe('logStyle', () => {
  it('is pretty on a terminal and JSON elsewhere, unless an option says otherwise', () => {
    expect(logStyle('info', 'auto', true, {})).toEqual({
      level: 'info',
      format: 'pretty',
      color: true,
    });
    expect(logStyle('info', 'auto', false, {})).toEqual({
      level: 'info',
      format: 'json',
      color: false,
    });
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
    expect(line).toMatchObject({
      level: 'warn',
      msg: 'reactor 1 stalled',
      reactor: 1,
      pid: process.pid,
    });
    expect(line['time']).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it('show no control character and no mark of direction, and lose none', () => {
    const { log, lines } = capture(JSON_STYLE);
    log.warn(UNSEEN, { path: UNSEEN });
    expect(lines.join('')).toMatch(/^[\u0020-\u007E]+\n$/);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ msg: UNSEEN, path: UNSEEN });
  });

  it('leave out lines below the level', () => {
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
    expect(lines.join('')).toMatch(
      /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: ready \{"port":9001,"cpus":\[0,1\]\}\n$/,
    );
  });

  it('show a stack below its line', () => {
    const { log, lines } = capture(PRETTY_STYLE);
    log.error('failed', { stack: 'Error: boom\n    at app.ts:1:1' });
    expect(lines.join('').split('\n').slice(1)).toEqual([
      '    Error: boom',
      '        at app.ts:1:1',
      '',
    ]);
  });

  it('cannot be forged by the text of a message', () => {
    const { log, lines } = capture(PRETTY_STYLE);
    log.warn('refused: a\nINFO: all is well\u001B[2J\u009B1A\u007F', { path: '/\u009B1A' });
    expect(lines.join('')).toMatch(
      /WARN: refused: a\\nINFO: all is well\\u001b\[2J\\u009b1A\\u007f \{"path":"\/\\u009b1A"\}\n$/,
    );
    expect(lines.join('').split('\n')).toHaveLength(2);
  });

  it('show no control character and no mark of direction', () => {
    const { log, lines } = capture(PRETTY_STYLE);
    log.warn(UNSEEN, { path: UNSEEN, stack: UNSEEN });
    expect(lines.join('')).toMatch(/^[\u0020-\u007E\n]+$/);
    expect(lines.join('')).toContain('\\u0085\\u202e');
  });

  it('show a stack without control characters', () => {
    const { log, lines } = capture(PRETTY_STYLE);
    log.error('failed', { stack: 'Error: \u001B[2J\r\u009B1A\n    at app.ts:1:1' });
    expect(lines.join('').split('\n').slice(1)).toEqual([
      '    Error: \\u001b[2J\\r\\u009b1A',
      '        at app.ts:1:1',
      '',
    ]);
  });
});

describe.each([
  ['JSON', JSON_STYLE, (line: string) => (JSON.parse(line) as { msg: string }).msg],
  ['pretty', PRETTY_STYLE, (line: string) => line.slice(line.indexOf(']') + 2, -1)],
])('%s lines that are lost', (_, style, textOf) => {
  it.each([
    ['EAGAIN', 'the reader of the log was too slow'],
    ['EPIPE', 'the log could not be written (EPIPE)'],
    ['ENOSPC', 'the log could not be written (ENOSPC)'],
  ])('by %s are counted, and reported once when writing works again', (refusal, why) => {
    const lines: string[] = [];
    let attempts = 0;
    let full = false;
    const write = (line: string): string | undefined => {
      attempts++;
      if (full) return refusal;
      lines.push(line);
      return undefined;
    };
    const log = createLogger(style, { write });
    log.info('one');
    full = true;
    for (let i = 0; i < 5; i++) log.info('lost');
    expect(attempts).toBe(6);
    expect(log.lostLines()).toBe(5);
    full = false;
    log.info('two');
    log.info('three');
    const level = style.format === 'json' ? '' : 'INFO: ';
    const notice = `${style.format === 'json' ? '' : 'WARN: '}5 log lines were lost: ${why}`;
    expect(lines.map(textOf)).toEqual([`${level}one`, notice, `${level}two`, `${level}three`]);
    expect(lines[1]).toMatch(/warn/i);
    expect(log.lostLines()).toBe(5);
  });
});

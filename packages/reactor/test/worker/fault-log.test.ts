// Tests of the log of faults of the application.
import { HioloadError, type LogFields, type Logger } from '@hioload/api';
import { expect, it } from 'vitest';
import { FaultLog } from '../../src/worker/fault-log.js';

it('writes a few faults a second and counts the rest', () => {
  const lines: [string, LogFields | undefined][] = [];
  const error: Logger['error'] = (message, fields) => lines.push([message, fields]);
  let nowMs = 0;
  const faults = new FaultLog({ error } as Logger, () => nowMs);

  const fault = (message: string): HioloadError =>
    new HioloadError('HIOLOAD_HANDLER_FAILED', message, { cause: new TypeError('boom') });
  for (let i = 0; i < 1_000; i++) faults.note(fault(`fault ${i}`));
  expect(lines.map(([message]) => message)).toEqual([0, 1, 2, 3, 4].map((i) => `fault ${i}`));
  expect(lines[0]![1]).toMatchObject({
    code: 'HIOLOAD_HANDLER_FAILED',
    stack: expect.stringContaining('fault-log.test') as string,
  });

  nowMs = 1_000;
  faults.note(fault('the next'));
  expect(lines.slice(5).map(([message]) => message)).toEqual([
    '995 more handler faults were counted but not logged',
    'the next',
  ]);

  nowMs = 1_500;
  const cause = new HioloadError('HIOLOAD_CLOSE_CODE_INVALID', 'close code 1005');
  faults.note(
    new HioloadError('HIOLOAD_HANDLER_FAILED', 'the message hook failed: close code 1005', {
      cause,
    }),
  );
  expect(lines.at(-1)![1]).toMatchObject({
    code: 'HIOLOAD_HANDLER_FAILED',
    causeCode: 'HIOLOAD_CLOSE_CODE_INVALID',
  });
  expect(lines.at(-2)![1]).not.toHaveProperty('causeCode');

  nowMs = 2_000;
  faults.note(new HioloadError('HIOLOAD_UPGRADE_INVALID', 'upgrade: status 99'));
  expect(lines.at(-1)).toEqual([
    'upgrade: status 99',
    expect.objectContaining({ code: 'HIOLOAD_UPGRADE_INVALID' }),
  ]);
});

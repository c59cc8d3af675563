// Tests of the log lines about refused origins and hosts.
import { FakeLogger } from '@hioload/fake';
import { expect, it } from 'vitest';
import { RefusalLog } from '../../src/worker/refusal-log.js';

it('logs a refused origin once a minute, with what was compared and what to do', () => {
  let nowMs = 0;
  const log = new FakeLogger();
  const refusals = new RefusalLog(log, () => nowMs);
  for (let i = 0; i < 5; i++) refusals.note('origin', 'https://app.example', 'backend:9001');
  nowMs = 59_999;
  refusals.note('origin', 'https://app.example', 'backend:9001');
  expect(log.lines.map(({ level, fields }) => [level, fields])).toEqual([['warn', { refused: 1 }]]);
  expect(log.lines[0]!.message).toBe(
    'refused the origin "https://app.example": it is neither the origin of the host ' +
      '"backend:9001" nor in allowedOrigins; add it with --allowed-origins, or have the proxy ' +
      'pass on the Host field',
  );
  nowMs = 60_000;
  refusals.note('origin', 'https://app.example', 'backend:9001');
  expect(log.lines[1]).toMatchObject({ fields: { refused: 6 } });
});

it('logs a refused host apart from origins, and cuts a long value', () => {
  const log = new FakeLogger();
  const refusals = new RefusalLog(log, () => 0);
  refusals.note('origin', 'x'.repeat(5_000), 'a');
  refusals.note('host', 'evil.example', 'evil.example');
  expect(log.lines[0]!.message.length).toBeLessThan(500);
  expect(log.lines[1]!.message).toBe(
    'refused the host "evil.example": it is not in allowedHosts; add it with --allowed-hosts, if ' +
      'it is yours',
  );
});

// Tests of the line that explains why a server did not start.
import { describe, expect, it } from 'vitest';
import { explainFailure } from '../../src/commands/explain-failure.js';

const NAMES: Readonly<Record<string, string>> = {
  port: 'PORT',
  host: '--host',
  reactors: '--reactors',
  module: 'MODULE',
  pin: '--pin',
  adminPort: '--admin-port',
  adminHost: '--admin-host',
  'limits.maxTopicBytes': '--max-topic-bytes',
  startTimeoutMs: '--start-timeout-ms',
};
const nameOf = (key: string): string => NAMES[key] ?? key;

const explain = (message: string, stack?: string): string =>
  explainFailure({ message, stack }, nameOf);

describe('explainFailure', () => {
  it.each([
    [
      'port: 9001 is in use (127.0.0.1:9001): a free port',
      'PORT: 9001 is in use (127.0.0.1:9001): a free port',
    ],
    ['host and port: h:1 cannot be bound (port)', '--host and PORT: h:1 cannot be bound (port)'],
    ['admin.port: 9002 is in use', '--admin-port: 9002 is in use'],
    [
      'admin.host and admin.port: h:1 cannot be bound',
      '--admin-host and --admin-port: h:1 cannot be bound',
    ],
    ['limits.maxTopicBytes must be 1', '--max-topic-bytes must be 1'],
    ['own.part: broken', 'own.part: broken'],
    ['reactors must be at most 2; got 9', '--reactors must be at most 2; got 9'],
    ['pin on: the threads cannot be bound', '--pin on: the threads cannot be bound'],
    ['module: /a.ts failed: port: no', 'MODULE: /a.ts failed: port: no'],
    ['reactor 0: not ready', 'reactor 0: not ready'],
    ['the port is odd', 'the port is odd'],
    ['too late. Raise startTimeoutMs now', 'too late. Raise --start-timeout-ms now'],
  ])('names the options as the reader does: %s', (message, line) => {
    expect(explain(message)).toBe(line);
  });

  it.each([
    [
      'Error: boom\n    at <anonymous> (/app/a.ts:3:7)\n    at node:internal/x:1:1',
      ' (at /app/a.ts:3:7)',
    ],
    ['Error: boom\n    at file:///app/a.mjs:3:7', ' (at /app/a.mjs:3:7)'],
    ['TypeError: two\nlines\n    at Object.f (/app/a.ts:1:2)', ' (at /app/a.ts:1:2)'],
    ['Error: boom\n    at f (/my app/a.ts:1:2)', ' (at /my app/a.ts:1:2)'],
    ['Error: boom\n    at async /my app/a.ts:1:2', ' (at /my app/a.ts:1:2)'],
    ['Error: boom\n    at file:///my%20app/a.mjs:3:7', ' (at /my app/a.mjs:3:7)'],
    ['Error: boom\n    at node:internal/x:1:1\n    at /app/a.ts:3:7', ''],
    ['Error: boom\n    at f (/app/node_modules/pg/x.js:1:1)', ''],
    ['HioloadError: module: boom\n    at load (/reactor/load-app.js:1:1)', ''],
    ['boom', ''],
  ])('says where the application threw: %j', (stack, place) => {
    expect(explain('module: /a.ts failed: boom', stack)).toBe(`MODULE: /a.ts failed: boom${place}`);
  });
});

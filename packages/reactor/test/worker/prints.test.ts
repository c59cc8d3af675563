// Tests of the log lines for what an application prints.
import { FakeLogger } from '@hioload/fake';
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { printIntoLog } from '../../src/worker/prints.js';

function setUp(): { log: FakeLogger; stdout: Writable; stderr: Writable; flush(): void } {
  const log = new FakeLogger();
  const [stdout, stderr] = [new Writable(), new Writable()];
  const flush = printIntoLog({ stdout, stderr }, log);
  return { log, stdout, stderr, flush };
}

it('logs each line with its stream, and calls back', async () => {
  const { log, stdout, stderr } = setUp();
  const console = new Console(stdout, stderr);
  console.log('one\ntwo');
  console.error('three');
  stdout.write('fo');
  stdout.write(Buffer.from('ur\r\n'));
  stdout.write('Zml2ZQo=', 'base64');
  await new Promise<void>((written) => stdout.write('six\n', () => written()));
  expect(log.lines).toEqual([
    { level: 'info', message: 'one', fields: { stream: 'stdout' } },
    { level: 'info', message: 'two', fields: { stream: 'stdout' } },
    { level: 'warn', message: 'three', fields: { stream: 'stderr' } },
    { level: 'info', message: 'four', fields: { stream: 'stdout' } },
    { level: 'info', message: 'five', fields: { stream: 'stdout' } },
    { level: 'info', message: 'six', fields: { stream: 'stdout' } },
  ]);
});

it('keeps the rest of a line for its end, up to a bound', () => {
  const { log, stdout, flush } = setUp();
  stdout.write('rest');
  expect(log.lines).toEqual([]);
  flush();
  expect(log.messages('info')).toEqual(['rest']);
  for (let i = 0; i < 20; i++) stdout.write('x'.repeat(1_000));
  expect(
    log
      .messages('info')
      .slice(1)
      .map(({ length }) => length),
  ).toEqual([8_192, 8_192]);
});

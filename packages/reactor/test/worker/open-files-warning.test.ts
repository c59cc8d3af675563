// Tests of the warning about the limit on open files.
import { DEFAULT_LIMITS } from '@hioload/api';
import { FakeLogger } from '@hioload/fake';
import { expect, it } from 'vitest';
import { warnOfOpenFiles } from '../../src/worker/open-files-warning.js';

const textOf = (hard: string): string =>
  `Limit                     Soft Limit           Hard Limit           Units
Max processes             63432                63432                processes
Max open files            256                  ${hard.padEnd(20)} files
`;

it('names both numbers and what to do, where the limit on open files is too low', () => {
  const limits = { maxConnections: 1_000, maxPageConnections: 100 };
  const log = new FakeLogger();
  for (const text of [null, 'garbled', textOf('unlimited'), textOf('1712')])
    warnOfOpenFiles(limits, 2, text, log);
  warnOfOpenFiles({ maxConnections: 0, maxPageConnections: 0 }, 2, textOf('1711'), log);
  expect(log.lines).toEqual([]);
  warnOfOpenFiles(limits, 2, textOf('1711'), log);
  warnOfOpenFiles(DEFAULT_LIMITS, 1, textOf('20000'), log);
  expect(log.messages('warn')).toEqual([
    'the process may have 1711 open files, and the limits on connections need 1712: raise the ' +
      'hard limit (ulimit -n, LimitNOFILE=), or lower maxConnections, which is 1000, and ' +
      'maxPageConnections, which is 100 for each of 2 reactors',
    'the process may have 20000 open files, and the limits on connections need 201512: raise the ' +
      'hard limit (ulimit -n, LimitNOFILE=), or lower maxConnections, which is 200000, and ' +
      'maxPageConnections, which is 1000 for each of 1 reactor',
  ]);
});

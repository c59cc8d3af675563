// Tests of the warning that a transport has no compression.
import { FakeLogger } from '@hioload/fake';
import { NET_FEATURES } from '@hioload/transport/net';
import { UWS_FEATURES } from '@hioload/transport/uws';
import { expect, it } from 'vitest';
import { warnOfMissingCompression } from '../../src/worker/missing-compression.js';

const UWS = { name: 'uws', features: UWS_FEATURES };
const NET = { name: 'net', features: NET_FEATURES };

it('warns when compression is on and the transport has none, and names one that has it', () => {
  const log = new FakeLogger();
  warnOfMissingCompression({}, UWS, log);
  expect(log.messages('warn')).toEqual([
    expect.stringMatching(
      /^compression is off on the transport uws: no connection has .+; the transport net has it$/,
    ),
  ]);
});

it.each([
  ['nobody asks for it', undefined, UWS],
  ['the transport has it', {}, NET],
])('is silent if %s', (_, compression, transport) => {
  const log = new FakeLogger();
  warnOfMissingCompression(compression, transport, log);
  expect(log.lines).toEqual([]);
});

// Tests of `createNetKind`: the parts that it refuses.
import type { NetListener, TransportOptions } from '@hioload/api';
import { expect, it } from 'vitest';
import { createNetKind } from '../../src/net/index.js';

/** A listener as a module without types may hand it in. */
const listener = (members: object): NetListener => members as NetListener;

it.each<[string, object, string]>([
  [
    'a slip in a name',
    { listner: {} },
    'createNetKind: the argument has no field "listner"; its fields are name, listener, ' +
      'sharesPort, usesPort, pool, extensions, sockets; did you mean listener?',
  ],
  [
    'a listener without listen',
    { name: 'own', listener: { close: () => undefined } },
    'createNetKind: the listener of the kind own must have the functions listen and close; its ' +
      'listen is no function',
  ],
  [
    'a listener without close',
    { name: 'own', listener: { listen: () => undefined } },
    'its close is no function',
  ],
  ['no listener but null', { name: 'own', listener: null }, 'its listen is no function'],
])('createNetKind refuses %s', (_, parts, message) => {
  expect(() => createNetKind(parts)).toThrow(message);
});

it('refuses an unfit listener that a function makes, when the transport is made', async () => {
  const kind = createNetKind({ name: 'own', listener: () => listener({}) });
  await expect(kind.create({ firstConnId: 1 } as TransportOptions)).rejects.toMatchObject({
    code: 'HIOLOAD_PART_INVALID',
    message: expect.stringContaining('the listener of the kind own must have') as string,
  });
});

/** The net kind with a byte pool and an extension of a user's. */
import { FakeBytePool, FakeExtension } from '@hioload/fake';
import { createNetKind } from '@hioload/reactor';

export const pool = new FakeBytePool();

export default createNetKind({ name: 'net-own-pool', pool, extensions: [new FakeExtension()] });

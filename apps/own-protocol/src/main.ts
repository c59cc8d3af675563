// Starts the server of the record protocol on one port of this machine.
import { PlainBytePool } from '@hioload/pool';
import type { AddressInfo } from 'node:net';
import { recordServer } from './record-server.js';

const server = recordServer(new PlainBytePool());
server.listen(Number(process.env['PORT'] ?? 9_200), '127.0.0.1', () => {
  console.log(`records on 127.0.0.1:${(server.address() as AddressInfo).port}`);
});

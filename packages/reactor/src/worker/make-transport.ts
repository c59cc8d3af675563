import type { Transport, TransportOptions } from '@hioload/api';
import { createNetTransport } from '@hioload/transport/net';
import { createUwsTransport } from '@hioload/transport/uws';
import type { TransportName } from '../supervisor/transport-choice.js';

const MAKERS: Readonly<Record<TransportName, (options: TransportOptions) => Promise<Transport>>> = {
  uws: createUwsTransport,
  net: createNetTransport,
};

/** Makes the transport of a reactor. @throws what its maker rejects with */
export function makeTransport(name: TransportName, options: TransportOptions): Promise<Transport> {
  return MAKERS[name](options);
}

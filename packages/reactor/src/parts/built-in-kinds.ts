/** The kinds of transport that come along, by their names. */
import type { TransportKind } from '@hioload/api';
import { netKind } from '@hioload/transport/net';
import { uwsKind } from '@hioload/transport/uws';

/** A kind of transport that comes along. */
export type BuiltInTransport = 'uws' | 'net';

/** The kinds that come along. */
export const BUILT_IN_KINDS: Readonly<Record<BuiltInTransport, TransportKind>> = {
  uws: uwsKind,
  net: netKind,
};

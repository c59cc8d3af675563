/** The built-in kinds of transport, by name. */
import type { TransportKind } from '@hioload/api';
import { netKind } from '@hioload/transport/net';
import { uwsKind } from '@hioload/transport/uws';

/** The name of a built-in kind. */
export type BuiltInTransport = 'uws' | 'net';

/** The built-in kinds. */
export const BUILT_IN_KINDS: Readonly<Record<BuiltInTransport, TransportKind>> = {
  uws: uwsKind,
  net: netKind,
};

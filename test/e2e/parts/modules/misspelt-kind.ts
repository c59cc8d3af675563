/** A net kind with a slip in the name of a part. */
import { createNetKind, type NetKindOptions } from '@hioload/reactor';

export default createNetKind({ name: 'slip', listner: {} } as NetKindOptions);

// Tests of the slab in every interleaving.
import { cases } from './cases/slab.js';
import { provesInEveryOrder } from './proves-in-every-order.js';

provesInEveryOrder(cases, new URL('./cases/slab.ts', import.meta.url));

// Tests of doorbells in every interleaving.
import { cases } from './cases/doorbell.js';
import { provesInEveryOrder } from './proves-in-every-order.js';

provesInEveryOrder(cases, new URL('./cases/doorbell.ts', import.meta.url));

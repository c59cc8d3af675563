// Tests of rings and lanes in every interleaving.
import { cases } from './cases/rings.js';
import { provesInEveryOrder } from './proves-in-every-order.js';

provesInEveryOrder(cases, new URL('./cases/rings.ts', import.meta.url));

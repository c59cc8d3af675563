// Tests of the interest map in every interleaving.
import { cases } from './cases/interest.js';
import { provesInEveryOrder } from './proves-in-every-order.js';

provesInEveryOrder(cases, new URL('./cases/interest.ts', import.meta.url));

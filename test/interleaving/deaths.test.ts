// Tests of threads that die, in every interleaving.
import { cases } from './cases/deaths.js';
import { provesInEveryOrder } from './proves-in-every-order.js';

provesInEveryOrder(cases, new URL('./cases/deaths.ts', import.meta.url));

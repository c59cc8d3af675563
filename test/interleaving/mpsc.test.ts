// Tests of the ring with many producers in every interleaving.
import { cases } from './cases/mpsc.js';
import { provesInEveryOrder } from './proves-in-every-order.js';

provesInEveryOrder(cases, new URL('./cases/mpsc.ts', import.meta.url));

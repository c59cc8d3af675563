// The door of random numbers: a generator whose seed repeats a run.
export { Prng } from './prng.js';

// The door of waiting: how a test waits for a condition that no event announces.
export { eventually, nextTurn } from './eventually.js';

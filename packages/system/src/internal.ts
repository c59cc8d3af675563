// The door for tests.
export { open } from './open-libc.js';
export { openFfi, type FfiHost } from './ffi.js';
export { wholePages } from './memory.js';
export { systemError } from './system-error.js';
export * from './ring/index.js';

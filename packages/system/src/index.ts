// The door of the package: the C functions of the process, typed.
export type { Libc } from './libc.js';
export { openLibc, type LibcDoor } from './open-libc.js';

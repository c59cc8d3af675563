// Opens the C library of the process.
import { type FfiDoor, openFfi } from './ffi.js';
import { Libc } from './libc.js';

/** The C library, or the reason why this process cannot call it. */
export type LibcDoor =
  { readonly ok: true; readonly libc: Libc } | { readonly ok: false; readonly reason: string };

let opened: LibcDoor | undefined;

/**
 * Opens the C library of the process. The first call on a thread loads `node:ffi`, later calls
 * return the same object. On Node 20 nothing is loaded.
 */
export function openLibc(): LibcDoor {
  return (opened ??= open(process.platform, openFfi));
}

/** Does so for a given platform. @param door loads `node:ffi` */
export function open(platform: NodeJS.Platform, door: () => FfiDoor): LibcDoor {
  if (platform !== 'linux')
    return { ok: false, reason: `system calls are known for Linux only, this is ${platform}` };
  const ffi = door();
  if (!ffi.ok) return ffi;
  try {
    return { ok: true, libc: new Libc(ffi.ffi) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, reason: `the C library lacks a function: ${message}` };
  }
}

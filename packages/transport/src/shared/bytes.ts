import type { Bytes } from '@hioload/api';

/** Whether a value is what the contracts call bytes. */
export function isBytes(value: unknown): value is Bytes {
  return (
    value instanceof Uint8Array ||
    value instanceof ArrayBuffer ||
    value instanceof SharedArrayBuffer
  );
}

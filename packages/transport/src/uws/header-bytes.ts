/* The values of header fields, in the form that the native library takes. */
import type { NativePayload } from './native.js';

const BEYOND_ASCII = /[\x80-\xff]/;

/**
 * A value as bytes of Latin-1, where it is not ASCII. The native library would write it in UTF-8,
 * and a field value is made of single bytes (RFC 9110 section 5.5).
 */
export function headerBytes(value: string): NativePayload {
  return BEYOND_ASCII.test(value) ? Buffer.from(value, 'latin1') : value;
}

// Finds native code that masks, in Node or in the package `bufferutil`.
import { createRequire } from 'node:module';

/** Masks `bytes` in place; the first octet of the key is the most significant one. */
export type NativeMask = (bytes: Uint8Array, maskKey: number) => void;

/**
 * The function that Node (`websocketUnmask` of `node:http`) and the package `bufferutil` both have.
 */
type Unmask = (bytes: Uint8Array, key: Uint8Array) => void;

const key = Buffer.alloc(4);

/** Native code that masks, if this Node has it or `bufferutil` is installed; else undefined. */
export const nativeMask: NativeMask | undefined = asNativeMask(
  builtInUnmask() ?? installedUnmask(),
);

function asNativeMask(unmask: Unmask | undefined): NativeMask | undefined {
  if (unmask === undefined) return undefined;
  return (bytes, maskKey) => {
    key.writeInt32BE(maskKey | 0);
    unmask(bytes, key);
  };
}

function builtInUnmask(): Unmask | undefined {
  // The module is asked for by name and not imported, because a codec may use nothing else of it.
  return (process.getBuiltinModule('node:http') as { readonly websocketUnmask?: Unmask })
    .websocketUnmask;
}

function installedUnmask(): Unmask | undefined {
  try {
    const bufferutil = createRequire(import.meta.url)('bufferutil') as { readonly unmask: Unmask };
    return bufferutil.unmask;
  } catch {
    // The package is not installed, or not built for this machine. It only makes masking faster.
    return undefined;
  }
}

// Finds native code that masks, in Node or in the package `bufferutil`.
import { createRequire } from 'node:module';

/** Masks `bytes` in place; the first octet of the key is the most significant one. */
export type NativeMask = (bytes: Uint8Array, maskKey: number) => void;

/** What Node (as `websocketUnmask` of `node:http`) and the package `bufferutil` offer alike. */
type Unmask = (bytes: Uint8Array, key: Uint8Array) => void;

const key = Buffer.alloc(4);

/**
 * Native code that masks, where this Node has some or `bufferutil` is installed; else undefined.
 */
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
  // Asked for by name, not imported: nothing else of that module belongs into a codec.
  return (process.getBuiltinModule('node:http') as { readonly websocketUnmask?: Unmask })
    .websocketUnmask;
}

function installedUnmask(): Unmask | undefined {
  try {
    const bufferutil = createRequire(import.meta.url)('bufferutil') as { readonly unmask: Unmask };
    return bufferutil.unmask;
  } catch {
    // Not installed, or not built for this machine: an optional speed-up either way.
    return undefined;
  }
}

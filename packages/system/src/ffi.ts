// Opens `node:ffi`, by which JavaScript calls the C functions of the process.

/** The types of `node:ffi` that this package passes to C. */
export type CType = 'i32' | 'i64' | 'u64' | 'pointer' | 'buffer';

/** The signature of a C function. */
export interface CSignature {
  readonly return: CType;
  readonly arguments: readonly CType[];
}

/** A C function. An `i64`, a `u64` and a `pointer` are BigInts; a `buffer` is a view. */
export type CFunction = (...values: readonly (number | bigint | ArrayBufferView)[]) => unknown;

/** The part of `node:ffi` that this package uses. */
export interface NodeFfi {
  /** Finds functions in a library. Without a path, the library is the process itself. */
  dlopen<Name extends string>(
    path: null,
    signatures: Readonly<Record<Name, CSignature>>,
  ): { readonly functions: Readonly<Record<Name, CFunction>> };
  /** The address of the first byte of a buffer or a view. */
  getRawPointer(memory: ArrayBufferLike | ArrayBufferView): bigint;
  /** The memory at an address as a buffer, which is valid as long as the memory. */
  toArrayBuffer(address: bigint, byteLength: number, isCopy: false): ArrayBuffer;
}

/** `node:ffi`, or the reason why this process has none. */
export type FfiDoor =
  { readonly ok: true; readonly ffi: NodeFfi } | { readonly ok: false; readonly reason: string };

/** The members of `process` that decide whether there is a `node:ffi`. */
export interface FfiHost {
  readonly version: string;
  /** What `--permission` allows. Undefined where Node runs without that flag. */
  readonly permission?: { has(scope: string): boolean } | undefined;
  /** Loads a module of Node. Returns undefined where Node does not have the module. */
  getBuiltinModule?(name: string): unknown;
  emitWarning(warning: string | Error, ...rest: unknown[]): void;
}

/** First version of Node with `node:ffi`. */
const FLOOR = [26, 1] as const;

/**
 * Opens `node:ffi`. Node warns once a thread that the module is experimental; that one warning is
 * left out. Nothing is loaded before the first call.
 * @param host `process`, or a fake of it
 */
export function openFfi(host: FfiHost = process): FfiDoor {
  const loaded = withoutExperimentalWarning(host, () => host.getBuiltinModule?.('node:ffi'));
  if (loaded === undefined) return { ok: false, reason: whyAbsent(host.version) };
  if (host.permission?.has('ffi') === false)
    return { ok: false, reason: 'Node runs with --permission and without --allow-ffi' };
  return { ok: true, ffi: loaded as NodeFfi };
}

function whyAbsent(version: string): string {
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number);
  const isNewEnough = major > FLOOR[0] || (major === FLOOR[0] && minor >= FLOOR[1]);
  return isNewEnough
    ? `Node ${version.slice(1)} runs with --no-experimental-ffi, or was built without node:ffi`
    : `Node ${version.slice(1)} has no node:ffi; Node ${FLOOR.join('.')} and newer have it`;
}

/** Runs `load`. Other warnings than the one of `node:ffi` pass. */
function withoutExperimentalWarning<T>(host: FfiHost, load: () => T): T {
  const { emitWarning } = host;
  host.emitWarning = (warning, ...rest) => {
    const isExpected = rest[0] === 'ExperimentalWarning' && String(warning).startsWith('FFI ');
    if (!isExpected) emitWarning.call(host, warning, ...rest);
  };
  try {
    return load();
  } finally {
    host.emitWarning = emitWarning;
  }
}

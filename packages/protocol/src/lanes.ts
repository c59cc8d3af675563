/*
 * The same bytes seen as wider numbers, so that masks, copies and scans move 4 or 8 octets a step. Making the views costs
 * some 300 ns; a stream of chunks in one read buffer makes them once.
 */

/** Wider views of the memory under a `Uint8Array`. */
export interface ByteLanes {
  readonly bytes: Uint8Array;
  /** Over the same range as `bytes`: reads and writes at any alignment. */
  readonly view: DataView;
  /** Over the whole buffer under `bytes`, in units of 8 octets: index is (byteOffset + octet) / 8. */
  readonly wide: BigInt64Array;
  /** `bytes.byteOffset`, at hand because the getter is slow on a cold path. */
  readonly offset: number;
}

function makeLanes(bytes: Uint8Array): ByteLanes {
  const { buffer, byteOffset, byteLength } = bytes;
  return {
    bytes,
    view: new DataView(buffer, byteOffset, byteLength),
    wide: new BigInt64Array(buffer, 0, Math.floor(buffer.byteLength / 8)),
    offset: byteOffset,
  };
}

/*
 * The last two are kept, one for where bytes come from and one for where they go: a lookup is a comparison. At most two
 * buffers of the thread outlive their use that way.
 */
let recent: ByteLanes = makeLanes(new Uint8Array(0));
let older: ByteLanes = recent;

/** Whether `lanesOf(bytes)` is free of cost. */
export function hasLanes(bytes: Uint8Array): boolean {
  return recent.bytes === bytes || older.bytes === bytes;
}

/** The wider views of `bytes`. */
export function lanesOf(bytes: Uint8Array): ByteLanes {
  if (recent.bytes === bytes) return recent;
  const found = older.bytes === bytes ? older : makeLanes(bytes);
  older = recent;
  recent = found;
  return found;
}

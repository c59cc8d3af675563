// Tests of the search for native code that masks.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** The function that a Node with native unmasking exports from `node:http`. */
const websocketUnmask = vi.fn((bytes: Uint8Array, key: Uint8Array) => {
  for (let i = 0; i < bytes.length; i++) bytes[i]! ^= key[i % 4]!;
});

beforeEach(() => vi.resetModules());
afterEach(() => vi.restoreAllMocks());

function nodeHas(http: object): void {
  const original = process.getBuiltinModule;
  const replaced = (id: string): unknown => (id === 'node:http' ? http : original(id));
  vi.spyOn(process, 'getBuiltinModule').mockImplementation(
    replaced as typeof process.getBuiltinModule,
  );
}

describe('native masking', () => {
  it('is the function of Node, if Node has one', async () => {
    nodeHas({ websocketUnmask });
    const { applyMask } = await import('../src/mask.js');
    const bytes = new Uint8Array(3_000).fill(0x61);
    applyMask(bytes, 0, bytes.length, 0x01020304);
    expect(websocketUnmask).toHaveBeenCalledTimes(1);
    expect([...bytes.subarray(0, 5)]).toEqual([0x60, 0x63, 0x62, 0x65, 0x60]);
  });

  it('is optional: an older Node has none', async () => {
    nodeHas({});
    const { applyMask } = await import('../src/mask.js');
    const bytes = new Uint8Array(3_000).fill(0x61);
    applyMask(bytes, 0, bytes.length, 0x01020304);
    expect([...bytes.subarray(0, 5)]).toEqual([0x60, 0x63, 0x62, 0x65, 0x60]);
  });
});

// Tests of the choice of a transport.
import type { UwsLoad } from '@hioload/transport/uws';
import { describe, expect, it } from 'vitest';
import type { TransportFacts } from '../../src/parts/serving-transport.js';
import { chooseTransport } from '../../src/supervisor/transport-choice.js';

const LOADS = async (): Promise<UwsLoad> => ({
  ok: true,
  native: {} as never,
  description: 'build 20',
});
const DOES_NOT = async (): Promise<UwsLoad> => ({
  ok: false,
  reason: 'it has no binary for this Node',
});

async function expected(
  name: 'auto' | 'uws' | 'net',
  load: () => Promise<UwsLoad>,
): Promise<TransportFacts> {
  return (await chooseTransport({ type: 'built-in', name }, load)).expected;
}

describe('chooseTransport', () => {
  it('takes the native transport if it loads', async () => {
    expect(await expected('auto', LOADS)).toMatchObject({
      name: 'uws',
      reason: 'the native library loads here: build 20',
    });
  });

  it('takes the TypeScript one if the native one does not load, and gives the reason', async () => {
    expect(await expected('auto', DOES_NOT)).toMatchObject({
      name: 'net',
      reason: 'it has no binary for this Node. Serving with the net transport',
    });
  });

  it('passes on the remedy if the choice falls back', async () => {
    const remedy = 'npm install uws';
    const missing = async (): Promise<UwsLoad> => ({ ok: false, reason: 'none', remedy });
    expect((await chooseTransport(undefined, missing)).wish).toMatchObject({
      fallback: { remedy },
    });
    expect((await chooseTransport(undefined, LOADS)).wish).not.toHaveProperty('fallback');
  });

  it('takes the requested transport', async () => {
    expect((await expected('uws', LOADS)).name).toBe('uws');
    expect(await expected('net', LOADS)).toMatchObject({
      name: 'net',
    });
  });

  it('refuses the native one if it does not load', async () => {
    await expect(expected('uws', DOES_NOT)).rejects.toMatchObject({
      code: 'HIOLOAD_TRANSPORT_UNAVAILABLE',
    });
  });

  it('lets the application choose if the operator does not', async () => {
    expect((await chooseTransport(undefined, LOADS)).wish).toMatchObject({
      name: 'uws',
      appMayChoose: true,
    });
    const asked = { type: 'built-in', name: 'auto' } as const;
    expect((await chooseTransport(asked, LOADS)).wish).toMatchObject({ appMayChoose: false });
  });

  it('does not look for the native one if the operator names a module', async () => {
    const module = { type: 'module', file: '/own.ts' } as const;
    const chosen = await chooseTransport(module, () => expect.unreachable());
    expect(chosen.wish).toEqual(module);
  });
});

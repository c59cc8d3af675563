// Tests of the choice of a transport.
import type { UwsLoad } from '@hioload/transport/uws';
import { describe, expect, it } from 'vitest';
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

describe('chooseTransport', () => {
  it('takes the native transport where it loads', async () => {
    expect(await chooseTransport('auto', LOADS)).toMatchObject({
      name: 'uws',
      reason: 'the native library loads here: build 20',
    });
  });

  it('takes the one in TypeScript where the native one does not load, and says why', async () => {
    expect(await chooseTransport('auto', DOES_NOT)).toMatchObject({
      name: 'net',
      reason: 'the transport in TypeScript, because it has no binary for this Node',
      features: { exemptions: [] },
    });
  });

  it('takes what it is asked for', async () => {
    expect((await chooseTransport('uws', LOADS)).name).toBe('uws');
    expect(await chooseTransport('net', LOADS)).toMatchObject({
      name: 'net',
      features: { exemptions: [] },
    });
  });

  it('refuses the native one where it does not load', async () => {
    await expect(chooseTransport('uws', DOES_NOT)).rejects.toMatchObject({
      code: 'HIOLOAD_TRANSPORT_UNAVAILABLE',
    });
  });
});

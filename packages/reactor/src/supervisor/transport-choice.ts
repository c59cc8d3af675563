import { HioloadError } from '@hioload/api';
import { loadUws } from '@hioload/transport/uws';
import type { TransportChoice } from './options.js';

/** The transport that serves, and why this one. */
export interface ChosenTransport {
  readonly name: 'uws';
  readonly reason: string;
}

/** Finds the transport for a choice. @throws HIOLOAD_TRANSPORT_UNAVAILABLE */
export async function chooseTransport(choice: TransportChoice): Promise<ChosenTransport> {
  const uws = await loadUws();
  if (!uws.ok) {
    throw new HioloadError('HIOLOAD_TRANSPORT_UNAVAILABLE', `transport: ${choice}: ${uws.reason}`);
  }
  const why = choice === 'auto' ? 'the native library loads here' : 'asked for';
  return { name: 'uws', reason: `${why}: ${uws.description}` };
}

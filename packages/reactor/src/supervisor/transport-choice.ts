import { HioloadError, type TransportFeatures } from '@hioload/api';
import { NET_FEATURES } from '@hioload/transport/net';
import { loadUws, UWS_FEATURES, type UwsLoad } from '@hioload/transport/uws';
import type { TransportChoice } from './options.js';

/** The transports that there are. */
export type TransportName = Exclude<TransportChoice, 'auto'>;

/** The transport that serves, and why this one. */
export interface ChosenTransport {
  readonly name: TransportName;
  readonly features: TransportFeatures;
  readonly reason: string;
}

/**
 * Finds the transport for a choice. @param load looks for the native module @throws
 * HIOLOAD_TRANSPORT_UNAVAILABLE
 */
export async function chooseTransport(
  choice: TransportChoice,
  load: () => Promise<UwsLoad> = loadUws,
): Promise<ChosenTransport> {
  if (choice === 'net')
    return { name: 'net', features: NET_FEATURES, reason: `chosen by an option: ${IN_TYPESCRIPT}` };
  const uws = await load();
  if (uws.ok) {
    const why = choice === 'auto' ? 'the native library loads here' : 'chosen by an option';
    return { name: 'uws', features: UWS_FEATURES, reason: `${why}: ${uws.description}` };
  }
  if (choice === 'auto')
    return {
      name: 'net',
      features: NET_FEATURES,
      reason: `${IN_TYPESCRIPT}, because ${uws.reason}`,
    };
  throw new HioloadError(
    'HIOLOAD_TRANSPORT_UNAVAILABLE',
    `transport: uws cannot be loaded (${uws.reason}); use auto or net`,
  );
}

const IN_TYPESCRIPT = 'the transport in TypeScript';

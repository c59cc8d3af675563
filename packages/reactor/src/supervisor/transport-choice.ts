/** Chooses the transport before any reactor starts. */
import { HioloadError } from '@hioload/api';
import { loadUws, type UwsLoad } from '@hioload/transport/uws';
import { BUILT_IN_KINDS } from '../parts/built-in-kinds.js';
import {
  factsOf,
  type Fallback,
  type TransportFacts,
  type TransportWish,
} from '../parts/serving-transport.js';
import { SERVER_DEFAULTS } from '../server-defaults.js';
import type { ResolvedServerOptions } from './server-options.js';

/** The chosen transport, and the facts that the supervisor expects of it. */
export interface ChosenTransport {
  readonly wish: TransportWish;
  /** An assumption if the transport is a module of the user. The reactors report the facts. */
  readonly expected: TransportFacts;
}

/**
 * Chooses the transport.
 * @param choice the choice of the operator; undefined if the application may choose
 * @param load loads the native module
 * @throws HIOLOAD_TRANSPORT_UNAVAILABLE (as a rejection)
 */
export async function chooseTransport(
  choice: ResolvedServerOptions['transport'],
  load: () => Promise<UwsLoad> = loadUws,
): Promise<ChosenTransport> {
  if (choice?.type === 'module') {
    const { file } = choice;
    const reason = `from ${file}`;
    const expected = {
      name: 'unknown',
      sharesPort: true,
      usesPort: true,
      reason,
      isOwn: true,
      exemptions: [],
    };
    return { wish: choice, expected };
  }
  const name = choice?.name ?? SERVER_DEFAULTS.transport;
  const appMayChoose = choice === undefined;
  if (name === 'net') return builtIn('net', `chosen by an option: ${IN_TYPESCRIPT}`, appMayChoose);
  const uws = await load();
  if (uws.ok) {
    const why = name === 'auto' ? 'the native library loads here' : 'chosen by an option';
    return builtIn('uws', `${why}: ${uws.description}`, appMayChoose);
  }
  if (name === 'auto') {
    const fallback = { remedy: uws.remedy };
    return builtIn('net', `${uws.reason}. Serving with the net transport`, appMayChoose, fallback);
  }
  throw new HioloadError(
    'HIOLOAD_TRANSPORT_UNAVAILABLE',
    `transport: uws cannot be loaded (${uws.reason}); use auto or net`,
  );
}

const IN_TYPESCRIPT = 'the transport in TypeScript';

function builtIn(
  name: 'uws' | 'net',
  reason: string,
  appMayChoose: boolean,
  fallback?: Fallback,
): ChosenTransport {
  return {
    wish: {
      type: 'built-in',
      name,
      reason,
      appMayChoose,
      ...(fallback !== undefined && { fallback }),
    },
    expected: factsOf({ kind: BUILT_IN_KINDS[name], reason, file: undefined }),
  };
}

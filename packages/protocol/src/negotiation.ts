// Agrees on one extension between a client and a server.
import type { Extension, ExtensionSession } from '@hioload/api';
import { formatExtension, type ListedExtension } from './extension-list.js';

/** What a server and a client came to. */
export interface Negotiated {
  readonly session: ExtensionSession;
  /** The element of `Sec-WebSocket-Extensions` that the answer holds. */
  readonly element: string;
}

/**
 * Server: takes the first offer that one of the extensions agrees to, in the client's order of
 * preference. A connection has one extension at most. Returns undefined if no offer is taken; then
 * the connection has no extension. Offers of other names are ignored.
 */
export function negotiateExtension(
  offered: readonly ListedExtension[],
  ...extensions: readonly Extension[]
): Negotiated | undefined {
  return negotiateExtensionFor('', offered, extensions);
}

/**
 * As {@link negotiateExtension}, for one of many peers.
 * @param peer names who pays for what the session holds; sessions with one name pay together
 */
export function negotiateExtensionFor(
  peer: string,
  offered: readonly ListedExtension[],
  extensions: readonly Extension[],
): Negotiated | undefined {
  for (const { name, parameters } of offered) {
    for (const extension of extensions) {
      if (name !== extension.name) continue;
      const agreement = extension.accept(parameters, peer);
      if (agreement === undefined) continue;
      return { session: agreement.session, element: formatExtension(name, agreement.parameters) };
    }
  }
  return undefined;
}

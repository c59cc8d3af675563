/** Finds the kind of transport that a reactor serves with, and makes the transport. */
import {
  type AppDefinition,
  HioloadError,
  isHioloadError,
  textOfThrown,
  type Transport,
  type TransportKind,
  type TransportOptions,
} from '@hioload/api';
import { type BuiltInTransport, BUILT_IN_KINDS } from './built-in-kinds.js';
import { lackOf, lackOfKind, requirePart, TRANSPORT_MEMBERS } from './check-part.js';
import { loadDefaultExport } from './load-module.js';

/** Which transport a reactor is told to take. */
export type TransportWish =
  | {
      readonly type: 'built-in';
      readonly name: BuiltInTransport;
      /** Why this one, for the log. */
      readonly reason: string;
      /** Whether the application may name another one: the operator has named none. */
      readonly appMayChoose: boolean;
    }
  /** The operator names a module, by its absolute path. */
  | { readonly type: 'module'; readonly file: string };

/** What the supervisor is told about the transport of a reactor. */
export interface TransportFacts {
  readonly name: string;
  readonly sharesPort: boolean;
  /** Why this one, for the log. */
  readonly reason: string;
}

/** The kind that a reactor serves with. */
export interface ServingKind {
  readonly kind: TransportKind;
  readonly reason: string;
  /** The module of the user that the kind comes from; undefined for a kind that comes along. */
  readonly file: string | undefined;
}

/**
 * Finds the kind: what the operator names goes over what the application names.
 * @param appFile the module of the application
 * @throws HIOLOAD_MODULE_FAILED, HIOLOAD_PART_INVALID (as a rejection)
 */
export async function findServingKind(
  wish: TransportWish,
  app: AppDefinition,
  appFile: string,
): Promise<ServingKind> {
  if (wish.type === 'module') {
    const { file } = wish;
    const kind = await loadDefaultExport('transport', file);
    const what = `transport: the default export of ${file}`;
    requirePart(what, 'a TransportKind { name, features, create }', lackOfKind(kind));
    return { kind: kind as TransportKind, reason: `from ${file}`, file };
  }
  const { name, reason, appMayChoose } = wish;
  const { transport = 'auto' } = app;
  if (!appMayChoose || transport === 'auto')
    return { kind: BUILT_IN_KINDS[name], reason, file: undefined };
  const chosen = 'chosen by the application';
  if (typeof transport === 'string')
    return { kind: BUILT_IN_KINDS[transport], reason: chosen, file: undefined };
  return { kind: transport, reason: chosen, file: appFile };
}

/** What the supervisor is told about a kind. */
export function factsOf({ kind, reason }: ServingKind): TransportFacts {
  return { name: kind.name, sharesPort: kind.features.sharesPort, reason };
}

/**
 * Makes the transport of the calling reactor.
 * @throws what a kind that comes along rejects with; for a user's kind HIOLOAD_PART_FAILED, or the
 * code that the kind rejects with, and HIOLOAD_PART_INVALID (all as a rejection)
 */
export async function createTransport(
  { kind, file }: ServingKind,
  options: TransportOptions,
): Promise<Transport> {
  if (file === undefined) return kind.create(options);
  const what = `transport: the kind ${kind.name} of ${file}`;
  let transport: Transport;
  try {
    transport = await kind.create(options);
  } catch (cause) {
    const code = isHioloadError(cause) ? cause.code : 'HIOLOAD_PART_FAILED';
    const reason = textOfThrown(cause);
    throw new HioloadError(code, `${what} cannot make a transport: ${reason}`, { cause });
  }
  const lack = lackOf(transport, TRANSPORT_MEMBERS);
  requirePart(`${what}: what its create resolves with`, 'a Transport', lack);
  return transport;
}

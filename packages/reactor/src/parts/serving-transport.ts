/** Finds the transport kind of a reactor, and makes its transport. */
import {
  type AppDefinition,
  type Exemption,
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
import { type ModulePath, toModulePath } from './module-path.js';

/** A choice of `net` because the native transport does not load. */
export interface Fallback {
  /** A command that brings the native transport; undefined if none is known to help. */
  readonly remedy: string | undefined;
}

/** The transport that a reactor takes. */
export type TransportWish =
  | {
      readonly type: 'built-in';
      readonly name: BuiltInTransport;
      /** The reason for the choice, for the log. */
      readonly reason: string;
      /** Whether the application may name another transport: the operator has named none. */
      readonly appMayChoose: boolean;
      /** Set if the choice fell back to `net`: how to get the native transport. */
      readonly fallback?: Fallback;
    }
  /** The operator names a module. `file` is its absolute path. */
  | { readonly type: 'module'; readonly file: string };

/** The facts about a transport that a reactor reports to the supervisor. */
export interface TransportFacts {
  readonly name: string;
  readonly sharesPort: boolean;
  readonly usesPort: boolean;
  /** The reason for the choice, for the log. */
  readonly reason: string;
  /** Whether the kind is a kind of the user. */
  readonly isOwn: boolean;
  readonly exemptions: readonly Pick<Exemption, 'id' | 'instead'>[];
}

/** The kind that a reactor serves with. */
export interface ServingKind {
  readonly kind: TransportKind;
  readonly reason: string;
  /** The module of the user that exports the kind. Undefined for a built-in kind. */
  readonly file: string | undefined;
}

/**
 * Loads a kind of transport on the calling thread, as a reactor does, and makes no transport.
 * @param module the module whose default export is the kind
 * @throws HIOLOAD_OPTION_INVALID, HIOLOAD_MODULE_FAILED, HIOLOAD_PART_INVALID (as a rejection)
 */
export async function loadTransportKind(module: ModulePath): Promise<TransportKind> {
  const file = toModulePath('transport', module, 'the path or the file: URL of a module');
  const kind = await loadDefaultExport('transport', file);
  const what = `transport: the default export of ${file}`;
  requirePart(what, 'a TransportKind { name, features, create }', lackOfKind(kind));
  return kind as TransportKind;
}

/**
 * Finds the kind. The kind that the operator names wins over the kind of the application.
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
    return { kind: await loadTransportKind(file), reason: `from ${file}`, file };
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

/** The facts about a kind that a reactor reports to the supervisor. */
export function factsOf({ kind, reason, file }: ServingKind): TransportFacts {
  const { sharesPort, usesPort = true, exemptions } = kind.features;
  return {
    name: kind.name,
    sharesPort,
    usesPort,
    reason,
    isOwn: file !== undefined,
    // The facts cross threads, which other fields of the user might not.
    exemptions: exemptions.map(({ id, instead }) => ({ id, instead })),
  };
}

/**
 * Makes the transport of the calling reactor.
 * @throws the error of a built-in kind; for a kind of the user HIOLOAD_PART_INVALID,
 * HIOLOAD_PART_FAILED, or the code of the HioloadError that it rejects with (all as a rejection)
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
    throw partFailed(`${what} cannot make a transport`, cause);
  }
  const lack = lackOf(transport, TRANSPORT_MEMBERS);
  requirePart(`${what}: what its create resolves with`, 'a Transport', lack);
  return transport;
}

/**
 * The error of a transport whose `listen` rejected with `cause`. For a kind of the user, the error
 * names the kind and its module.
 */
export function listenError({ kind, file }: ServingKind, cause: unknown): unknown {
  if (file === undefined) return cause;
  return partFailed(`transport: the kind ${kind.name} of ${file} cannot listen`, cause);
}

/** An error with the code of its cause, or HIOLOAD_PART_FAILED if the cause has no code. */
function partFailed(problem: string, cause: unknown): HioloadError {
  const code = isHioloadError(cause) ? cause.code : 'HIOLOAD_PART_FAILED';
  return new HioloadError(code, `${problem}: ${textOfThrown(cause)}`, { cause });
}

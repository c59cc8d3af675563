/** Loads the reactor factory of a user. */
import {
  HioloadError,
  isHioloadError,
  type Reactor,
  type ReactorFactory,
  type ReactorParts,
  textOfThrown,
} from '@hioload/api';
import { describeExport, loadDefaultExport } from './load-module.js';
import { lackOf, REACTOR_MEMBERS, requirePart } from './check-part.js';

/**
 * Loads the reactor factory of a user. The result checks every reactor that the factory makes.
 * @param file the absolute path of the module
 * @throws HIOLOAD_MODULE_FAILED, HIOLOAD_PART_INVALID (as a rejection)
 */
export async function loadReactorFactory(file: string): Promise<ReactorFactory> {
  const factory = await loadDefaultExport('reactorModule', file);
  const what = `reactorModule: the default export of ${file}`;
  const isFunction = typeof factory === 'function';
  requirePart(
    what,
    'a ReactorFactory, which is a function',
    isFunction ? undefined : `got ${describeExport(factory)}`,
  );
  return async (parts: ReactorParts): Promise<Reactor> => {
    let reactor: Reactor;
    try {
      reactor = await (factory as ReactorFactory)(parts);
    } catch (cause) {
      const code = isHioloadError(cause) ? cause.code : 'HIOLOAD_PART_FAILED';
      const problem = `${what} cannot make a reactor: ${textOfThrown(cause)}`;
      throw new HioloadError(code, problem, { cause });
    }
    requirePart(`${what}: what it returns`, 'a Reactor', lackOf(reactor, REACTOR_MEMBERS));
    return reactor;
  };
}

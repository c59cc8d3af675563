import { fileURLToPath } from 'node:url';
import type { StartFailure } from '../launch/launcher.js';

/**
 * Why a server could not start, in one line and in the names under which the reader gave the
 * options.
 */
export function explainFailure(
  { message, stack }: StartFailure,
  nameOf: (key: string) => string,
): string {
  // The server names options by their keys, at the front of a message.
  const named = message.replace(/^\w+(?: and \w+)?(?=:| is )/, (keys) =>
    keys.replaceAll(/\w+/g, nameOf),
  );
  const place = placeInApplication(stack);
  return place === undefined ? named : `${named} (at ${place})`;
}

/**
 * File, line and column at the top of the stack of an application's own error, unless that is in
 * code of others.
 */
function placeInApplication(stack = ''): string | undefined {
  if (stack.startsWith('HioloadError')) return undefined;
  const top = stack.split('\n').find((line) => /^\s+at /.test(line)) ?? '';
  const [, place = ''] =
    / \((.+:\d+:\d+)\)$/.exec(top) ?? /^\s+at (?:async )?(.+:\d+:\d+)$/.exec(top) ?? [];
  if (place === '' || place.startsWith('node:') || /[\\/]node_modules[\\/]/.test(place))
    return undefined;
  return place.startsWith('file:') ? fileURLToPath(place) : place;
}

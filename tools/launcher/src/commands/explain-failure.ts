/** Puts the reason of a failed start into one line for the user. */
import { fileURLToPath } from 'node:url';
import type { StartFailure } from '../launch/launcher.js';

/**
 * The reason why the server could not start, in one line. Options have the names that the user gave
 * them under: a flag, an environment variable or a key.
 */
export function explainFailure(
  { message, stack }: StartFailure,
  nameOf: (key: string) => string,
): string {
  // The server names options by their keys, at the front of a message and in its advice.
  const named = message
    .replace(/^[\w.]+(?: and [\w.]+)?(?=:| must | on: )/, (keys) =>
      keys.replaceAll(/[\w.]+/g, (key) => nameOption(key, nameOf)),
    )
    .replace(/(?<=\. Raise )startTimeoutMs\b/, nameOf);
  const place = placeInApplication(stack);
  return place === undefined ? named : `${named} (at ${place})`;
}

/** Names an option of `createServer`, such as `admin.port`, by the option of the command. */
function nameOption(key: string, nameOf: (key: string) => string): string {
  const flat = key.replaceAll(/\.(\w)/g, (_, letter: string) => letter.toUpperCase());
  return [key, flat].map(nameOf).find((name) => name !== key && name !== flat) ?? key;
}

/**
 * The file, line and column in which the application threw; undefined where the top of the stack is
 * in Node or in an installed package.
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

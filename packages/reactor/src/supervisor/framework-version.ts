/** The version of the framework, out of the manifest of this package. */
import { readFileSync } from 'node:fs';

const { version: own } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as {
  readonly version: string;
};

/** The version of this package, which is that of the framework. */
export const version = own;

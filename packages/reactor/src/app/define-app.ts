import { type AppDefinition, HioloadError } from '@hioload/api';
import { checkCompression } from './compression.js';
import { checkLimits } from './limits.js';
import { oneOf } from './one-of.js';
import { checkPages } from './pages.js';

// Registered, so that an application recognises itself although its module graph may hold a second
// copy of this package.
const APP_MARK = Symbol.for('hioload.app');

const HOOKS = [
  'upgrade',
  'open',
  'message',
  'drain',
  'dropped',
  'ping',
  'pong',
  'close',
  'start',
  'stop',
] as const;
const SETTINGS = [
  'path',
  'protocols',
  'allowedOrigins',
  'pages',
  'compression',
  'limits',
  'whenBufferFull',
] as const;
const FIELDS: readonly string[] = [...HOOKS, ...SETTINGS];

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Checks an application and marks it as one: `export default defineApp({ ... })` is what
 * `hioload serve` serves.
 *
 * `Data` is the type of `conn.data`, which the `upgrade` hook attaches.
 *
 * @throws HIOLOAD_APP_INVALID where a field is unknown or of the wrong kind
 */
export function defineApp<Data = undefined>(definition: AppDefinition<Data>): AppDefinition<Data> {
  if (typeof definition !== 'object' || definition === null) {
    throw invalid('definition', definition, 'an object of handlers and settings');
  }
  for (const field of Object.keys(definition)) {
    if (!FIELDS.includes(field))
      throw refusal(field, 'the field is not known', oneOf(field, FIELDS));
  }
  for (const hook of HOOKS) {
    const value = definition[hook];
    if (value !== undefined && typeof value !== 'function')
      throw invalid(hook, value, 'a function');
  }
  checkSettings(definition);
  return Object.defineProperty({ ...definition }, APP_MARK, { value: true });
}

/** Whether a value came out of {@link defineApp}. */
export function isApp(value: unknown): value is AppDefinition {
  return typeof value === 'object' && value !== null && APP_MARK in value;
}

function checkSettings<Data>(definition: AppDefinition<Data>): void {
  const { path, protocols, allowedOrigins, pages, compression, limits, whenBufferFull } =
    definition;
  if (
    path !== undefined &&
    (typeof path !== 'string' || !/^\/[^*?#\s]*(?<=\/)\*?$|^\/[^*?#\s]*$/.test(path))
  ) {
    throw invalid('path', path, 'a path such as `/chat`, or a prefix such as `/chat/*`');
  }
  checkList(
    'protocols',
    protocols,
    'a token of letters, digits and marks (RFC 6455 section 4.1)',
    (entry) => TOKEN.test(entry),
  );
  checkList(
    'allowedOrigins',
    allowedOrigins,
    '`*`, `null` or an origin in lower case such as `https://example.org`',
    (entry) =>
      entry === '*' || entry === 'null' || /^[a-z][a-z0-9+.-]*:\/\/[^/?#\sA-Z]+$/.test(entry),
  );
  if (pages !== undefined) checkPages(pages, invalid);
  if (compression !== undefined) checkCompression(compression, invalid);
  if (limits !== undefined)
    checkLimits(limits, (name, value, allowed) => invalid(`limits.${name}`, value, allowed));
  if (whenBufferFull !== undefined && whenBufferFull !== 'drop' && whenBufferFull !== 'close') {
    throw invalid('whenBufferFull', whenBufferFull, '`drop` or `close`');
  }
}

function checkList(
  field: string,
  list: unknown,
  allowed: string,
  check: (entry: string) => boolean,
): void {
  if (list === undefined) return;
  if (!Array.isArray(list)) throw invalid(field, list, `a list, of which each entry is ${allowed}`);
  for (const entry of list) {
    if (typeof entry !== 'string' || !check(entry))
      throw invalid(`an entry of ${field}`, entry, allowed);
  }
}

function invalid(field: string, value: unknown, allowed: string): HioloadError {
  return refusal(field, `${JSON.stringify(value) ?? String(value)} is not allowed`, allowed);
}

function refusal(field: string, what: string, allowed: string): HioloadError {
  return new HioloadError('HIOLOAD_APP_INVALID', `defineApp: ${field}: ${what}: ${allowed}`);
}

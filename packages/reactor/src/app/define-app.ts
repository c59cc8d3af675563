/** `defineApp`: checks an application and marks it as one. */
import {
  type AppDefinition,
  HioloadError,
  isOriginEntry,
  isHioloadError,
  textOfThrown,
  unknownName,
} from '@hioload/api';
import { lackOfKind } from '../parts/check-part.js';
import { checkCompression } from './app-compression.js';
import { checkLimits } from './check-limits.js';
import { checkPages } from './check-pages.js';
import { setFields } from '../set-fields.js';
import { mustBe } from './refusal-text.js';

// Registered for the whole process: the modules of an application may use a second copy of this
// package, and both copies must recognise an application.
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
  'transport',
] as const;
const FIELDS: readonly string[] = [...HOOKS, ...SETTINGS];

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Checks an application and marks it as one. `hioload serve` serves a module that says
 * `export default defineApp({ ... })`.
 *
 * `Data` is the type of `conn.data`, which the `upgrade` hook attaches.
 *
 * @throws HIOLOAD_APP_INVALID where a field is unknown or of the wrong kind
 */
export function defineApp<Data = undefined>(definition: AppDefinition<Data>): AppDefinition<Data> {
  try {
    return checkedApp(definition);
  } catch (cause) {
    if (isHioloadError(cause)) throw cause;
    throw invalid(`a field cannot be read: ${textOfThrown(cause)}`, cause);
  }
}

function checkedApp<Data>(definition: AppDefinition<Data>): AppDefinition<Data> {
  if (typeof definition !== 'object' || definition === null || Array.isArray(definition)) {
    const allowed = 'an object of handlers and settings';
    throw invalid(mustBe('the definition', allowed, definition));
  }
  // Only own fields are read: the methods of a class would be lost without a word.
  const prototype: unknown = Object.getPrototypeOf(definition);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
    throw invalid(
      'the definition must be a plain object; got an instance of a class, whose methods are not ' +
        'fields of its own. Write { message: (conn, message) => app.message(conn, message) }',
    );
  }
  for (const field of Object.keys(definition)) {
    if (!FIELDS.includes(field)) throw invalid(unknownName(field, 'the definition', FIELDS));
  }
  for (const hook of HOOKS) {
    const value = definition[hook];
    if (value !== undefined && typeof value !== 'function')
      throw invalid(mustBe(hook, 'a function', value));
  }
  checkSettings(definition);
  const { limits } = definition;
  const app = { ...definition, ...(limits !== undefined && { limits: setFields(limits) }) };
  return Object.defineProperty(app, APP_MARK, { value: true });
}

/** Whether a value is the result of {@link defineApp}. */
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
    const allowed = 'a path such as `/chat`, or a prefix such as `/chat/*`';
    throw invalid(mustBe('path', allowed, path));
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
    (entry) => entry === entry.toLowerCase() && isOriginEntry(entry),
  );
  if (pages !== undefined) checkPages(pages, invalid);
  if (compression !== undefined) checkCompression(compression, invalid);
  if (limits !== undefined) checkLimits(limits, invalid);
  checkTransport(definition.transport);
  if (whenBufferFull !== undefined && whenBufferFull !== 'drop' && whenBufferFull !== 'close') {
    throw invalid(mustBe('whenBufferFull', '"drop" or "close"', whenBufferFull));
  }
}

function checkTransport(transport: unknown): void {
  if (transport === undefined || transport === 'auto') return;
  if (transport === 'uws' || transport === 'net') return;
  const allowed = '"auto", "uws", "net" or a TransportKind { name, features, create }';
  if (typeof transport !== 'object' || transport === null)
    throw invalid(mustBe('transport', allowed, transport));
  const lack = lackOfKind(transport);
  if (lack !== undefined) throw invalid(`transport must be ${allowed}; ${lack}`);
}

function checkList(
  field: string,
  list: unknown,
  allowed: string,
  check: (entry: string) => boolean,
): void {
  if (list === undefined) return;
  if (!Array.isArray(list)) throw invalid(mustBe(field, 'a list', list));
  for (const entry of list) {
    if (typeof entry !== 'string' || !check(entry))
      throw invalid(mustBe(`an entry of ${field}`, allowed, entry));
  }
}

function invalid(text: string, cause?: unknown): HioloadError {
  return new HioloadError('HIOLOAD_APP_INVALID', `defineApp: ${text}`, { cause });
}

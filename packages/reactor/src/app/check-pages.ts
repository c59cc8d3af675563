/** Checks the pages that an application serves to a plain GET. */
import { unknownName } from '@hioload/api';
import { mustBe } from './refusal-text.js';

/**
 * The path of a page: visible ASCII, as a browser sends it. A path has no query and no fragment. It
 * has no star either: a star would look like a prefix.
 */
const PATH = /^(?!.*[?#*])\/[!-~]*$/;
/**
 * The value of a Content-Type field: visible ASCII with blanks between. It cannot end its header
 * line early.
 */
const TYPE = /^[!-~]+( +[!-~]+)*$/;
const FIELDS: readonly string[] = ['type', 'body'];

/**
 * Checks pages given by path.
 * @param refuse makes the error to throw, out of a text that names the page
 */
export function checkPages(pages: unknown, refuse: (text: string) => Error): void {
  if (!isRecord(pages)) {
    const allowed = 'an object of pages by path, such as `{ "/": { type, body } }`';
    throw refuse(mustBe('pages', allowed, pages));
  }
  for (const [path, page] of Object.entries(pages)) {
    if (!PATH.test(path)) {
      const allowed = 'an exact path such as `/chat`, percent-encoded and without a query';
      throw refuse(mustBe('a path of pages', allowed, path));
    }
    const name = `pages[${JSON.stringify(path)}]`;
    if (!isRecord(page)) throw refuse(mustBe(name, 'an object with `type` and `body`', page));
    for (const field of Object.keys(page)) {
      if (!FIELDS.includes(field)) throw refuse(unknownName(field, name, FIELDS));
    }
    const { type, body } = page;
    if (typeof type !== 'string' || !TYPE.test(type)) {
      const allowed = 'a media type such as `text/html; charset=utf-8`';
      throw refuse(mustBe(`${name}.type`, allowed, type));
    }
    if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
      throw refuse(mustBe(`${name}.body`, 'a string or a Uint8Array', body));
    }
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

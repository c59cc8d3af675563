import { oneOf } from './one-of.js';

/**
 * Visible ASCII: what a browser sends. No query and no fragment, and no star, which would look like
 * a prefix.
 */
const PATH = /^(?!.*[?#*])\/[!-~]*$/;
/**
 * What a Content-Type field can hold: visible ASCII with blanks between, so that it cannot end its
 * line early.
 */
const TYPE = /^[!-~]+( +[!-~]+)*$/;
const FIELDS: readonly string[] = ['type', 'body'];

/**
 * Checks pages given by path.
 * @param refuse makes the error to throw for what is not allowed
 */
export function checkPages(
  pages: unknown,
  refuse: (name: string, value: unknown, allowed: string) => Error,
): void {
  if (!isRecord(pages))
    throw refuse('pages', pages, 'pages by path, such as `{ "/": { type, body } }`');
  for (const [path, page] of Object.entries(pages)) {
    if (!PATH.test(path)) {
      throw refuse(
        'a path of pages',
        path,
        'an exact path such as `/chat`, percent-encoded and without a query',
      );
    }
    const name = `pages[${JSON.stringify(path)}]`;
    if (!isRecord(page)) throw refuse(name, page, 'an object with `type` and `body`');
    for (const [field, value] of Object.entries(page)) {
      if (!FIELDS.includes(field)) throw refuse(`${name}.${field}`, value, oneOf(field, FIELDS));
    }
    const { type, body } = page;
    if (typeof type !== 'string' || !TYPE.test(type)) {
      throw refuse(`${name}.type`, type, 'a media type such as `text/html; charset=utf-8`');
    }
    if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
      throw refuse(`${name}.body`, body, 'a string or a Uint8Array');
    }
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

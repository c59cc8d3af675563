/* The bodies of pages in bytes. */
import type { Page } from '@hioload/api';

/** The bodies that are texts, encoded once. */
const encodedBodies = new WeakMap<Page, Uint8Array>();

/** The body of a page in bytes: the same memory for all requests. */
export function pageBody(page: Page): Uint8Array {
  if (typeof page.body !== 'string') return page.body;
  let encoded = encodedBodies.get(page);
  if (encoded === undefined) encodedBodies.set(page, (encoded = Buffer.from(page.body)));
  return encoded;
}

// Reads the files of `public/` and serves them as pages.
import type { Page } from '@hioload/api';
import { readFileSync } from 'node:fs';

const HTML = 'text/html; charset=utf-8';
const CSS = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

/** The path and the type of each file of `public/`. */
const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['chat.html', HTML],
  '/storm': ['storm.html', HTML],
  '/style.css': ['style.css', CSS],
  '/chat.js': ['chat.js', SCRIPT],
  '/storm.js': ['storm.js', SCRIPT],
  '/connection.js': ['connection.js', SCRIPT],
  '/state-chip.js': ['state-chip.js', SCRIPT],
};

/** Reads the pages for browsers, once. */
export function loadPages(): Record<string, Page> {
  const pages: Record<string, Page> = {};
  for (const [path, [file, type]] of Object.entries(FILES)) {
    pages[path] = { type, body: readFileSync(new URL(`../public/${file}`, import.meta.url)) };
  }
  return pages;
}

// Tests of paths and of path prefixes.
import { expect, it } from 'vitest';
import { isPathServed } from '../src/index.js';

it.each([
  ['/', '/', true],
  ['/', '/chat', false],
  ['/chat', '/chat', true],
  ['/chat', '/chat/', false],
  ['/chat/:room', '/chat/blue', false],
  ['/*', '/', true],
  ['/*', '/anything/at/all', true],
  ['/chat/*', '/chat/', true],
  ['/chat/*', '/chat/blue', true],
  ['/chat/*', '/chat', false],
  ['/chat/*', '/chatter', false],
  ['/a*', '/ab', false],
])('%s serves %s: %s', (pattern, path, isServed) => {
  expect(isPathServed(path, pattern)).toBe(isServed);
});

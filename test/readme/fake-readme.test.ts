// Tests of the examples in the README of the fakes.
import { pathToFileURL } from 'node:url';
import { afterAll } from 'vitest';
import { blocksOf, ExampleFolder } from './examples.js';

// The example is a test file: imported while tests are collected, it adds its own.
const folder = await ExampleFolder.make();
afterAll(() => folder.remove());
await import(
  pathToFileURL(await folder.write('room.ts', blocksOf('packages/fake/README.md', 'ts')[0]!)).href
);

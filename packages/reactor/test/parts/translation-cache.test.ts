// Tests of the folder in which tsx keeps translated TypeScript.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasTranslationCache } from '../../src/parts/translation-cache.js';

let temporary: string;
let folder: string;
beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'hioload-cache-'));
  folder = join(temporary, `tsx-${process.geteuid?.()}`);
});
afterEach(() => rmSync(temporary, { recursive: true }));

describe('hasTranslationCache', () => {
  it('is true for a folder that can be made, or that is there', () => {
    expect(hasTranslationCache(temporary)).toBe(true);
    expect(hasTranslationCache(temporary)).toBe(true);
  });

  it('is false where no folder can be made', () => {
    writeFileSync(folder, '');
    expect(hasTranslationCache(temporary)).toBe(false);
    expect(hasTranslationCache(join('/proc', 'nowhere'))).toBe(false);
  });

  it('is false for a folder that others can write into', () => {
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    expect(hasTranslationCache(temporary)).toBe(process.platform === 'win32');
  });
});

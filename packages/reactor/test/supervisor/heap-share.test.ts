// Tests of the heap size that each reactor gets.
import { describe, expect, it } from 'vitest';
import { heapShareMb } from '../../src/supervisor/heap-share.js';

const GIB = 2 ** 30;

describe('heapShareMb', () => {
  it('gives all reactors together three quarters of the memory', () => {
    expect(heapShareMb(2 * GIB, 4)).toBe(384);
    expect(heapShareMb(2 * GIB, 1)).toBe(1_536);
  });

  it('gives no reactor more than a collection can handle or less than V8 needs', () => {
    expect(heapShareMb(1_024 * GIB, 2)).toBe(4_096);
    expect(heapShareMb(64 * 2 ** 20, 16)).toBe(32);
  });
});

// Tests of the views of message ranges that are used again.
import { describe, expect, it } from 'vitest';
import { RangeViews } from '../src/range-views.js';

/** So many questions make the reader build its tables. */
const MANY = 2_000;

function asked(bytes: Uint8Array): RangeViews {
  const views = new RangeViews(bytes);
  for (let at = 0; at < MANY; at++) expect(views.find(at, at + 1)).toBeUndefined();
  return views;
}

describe('RangeViews', () => {
  it('gives a range its view from the second time on, and the same one each time', () => {
    const bytes = new Uint8Array(5_000).subarray(7);
    const views = asked(bytes);
    expect(views.find(100, 300)).toBeUndefined();
    const view = views.find(100, 300);
    expect([view?.buffer, view?.byteOffset, view?.byteLength]).toEqual([bytes.buffer, 107, 200]);
    expect(views.find(100, 300)).toBe(view);
    expect(views.find(100, 301)).toBeUndefined();
    expect(views.find(101, 301)).toBeUndefined();
  });

  it('makes no view for a range that is asked for once', () => {
    const views = new RangeViews(new Uint8Array(100_000));
    let made = 0;
    for (let at = 0; at < 90_000; at++) if (views.find(at, at + 1_000) !== undefined) made += 1;
    expect(made).toBe(0);
  });

  it('soon has a view for nearly every message of a full chunk, at any length', () => {
    for (let length = 600; length < 2_000; length += 37) {
      const views = asked(new Uint8Array(65_536));
      let [found, messages] = [0, 0];
      for (let chunk = 0; chunk < 20; chunk++) {
        found = messages = 0;
        for (let at = 8; at + length <= 65_536; at += length + 8) {
          messages += 1;
          if (views.find(at, at + length) !== undefined) found += 1;
        }
      }
      expect(found / messages, `length ${length}`).toBeGreaterThan(0.85);
    }
  });

  it('never gives a range the view of a replaced range', () => {
    const bytes = new Uint8Array(65_536);
    const views = asked(bytes);
    for (let length = 600; length < 2_000; length += 37) {
      for (let chunk = 0; chunk < 4; chunk++) {
        for (let at = 8; at + length <= 65_536; at += length + 8) {
          const view = views.find(at, at + length);
          if (view !== undefined) expect([view.byteOffset, view.byteLength]).toEqual([at, length]);
        }
      }
    }
  });
});

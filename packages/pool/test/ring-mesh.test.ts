// Tests of the mesh of lanes between reactors.
import { Lane, RingMesh } from '@hioload/pool';
import { describe, expect, it } from 'vitest';

const code = (expected: string): unknown =>
  expect.objectContaining({ name: 'HioloadError', code: expected });

describe('RingMesh', () => {
  it('has a lane of its own for each ordered pair', () => {
    const mesh = RingMesh.create({ reactors: 4, laneCapacityBytes: 64 });
    const other = RingMesh.attach(mesh.region);
    const pairs: [number, number][] = [];
    for (let to = 0; to < 4; to++) {
      mesh.openInbox(to);
      for (let from = 0; from < 4; from++) if (from !== to) pairs.push([from, to]);
    }
    for (const [from, to] of pairs)
      mesh
        .lane(from, to)
        .producer()
        .tryPushMany([Uint8Array.of(from, to)]);
    const seen: [number, number][] = [];
    for (const [from, to] of pairs) {
      other
        .lane(from, to)
        .consumer()
        .drain(10, (bytes, start) => void seen.push([bytes[start]!, bytes[start + 1]!]));
    }
    expect(seen).toEqual(pairs);
  });

  it('has no lane from a reactor to itself or to a missing reactor', () => {
    const mesh = RingMesh.create({ reactors: 2, laneCapacityBytes: 64 });
    mesh.openInbox(0);
    for (const [from, to] of [
      [0, 0],
      [2, 0],
      [0, -1],
    ] as const) {
      expect(() => mesh.lane(from, to)).toThrow(code('HIOLOAD_OPTION_INVALID'));
    }
    expect(() => mesh.openInbox(2)).toThrow(code('HIOLOAD_OPTION_INVALID'));
  });

  it('has no lane to a reactor that has not opened its inbox', () => {
    const mesh = RingMesh.create({ reactors: 2, laneCapacityBytes: 64 });
    mesh.openInbox(0);
    expect(mesh.lane(1, 0)).toBeInstanceOf(Lane);
    expect(() => mesh.lane(0, 1)).toThrow(code('HIOLOAD_SHARED_LAYOUT'));
  });

  it.each([
    { reactors: 1, laneCapacityBytes: 64 },
    { reactors: 1_025, laneCapacityBytes: 64 },
    { reactors: 2, laneCapacityBytes: 100 },
  ])('refuses %o', (options) => {
    expect(() => RingMesh.create(options)).toThrow(code('HIOLOAD_OPTION_INVALID'));
  });
});

import type { BytePool, WriteLease } from '@hioload/api';
import type { HandleDoors, WriteRequest } from './node-handle.js';

/**
 * Longest write that is copied to where views of it exist, in bytes: the view costs more than such
 * a copy.
 */
export const COPIED_UP_TO = 2_048;
const MAX_SPARE_AREAS = 16;

/** What all connections of a thread that stand on handles share. */
export class HandleIo {
  readonly doors: HandleDoors;
  readonly pool: BytePool;
  /**
   * Where reads land: of all connections, one after the other, since each is done with it when its
   * sink returns.
   */
  readonly readBuffer: Uint8Array;
  /** Used for write after write as long as the kernel takes all of each at once. */
  request: WriteRequest;
  area: WriteArea;
  readonly #spareAreas: WriteArea[] = [];

  constructor(doors: HandleDoors, pool: BytePool, readBuffer: Uint8Array) {
    this.doors = doors;
    this.pool = pool;
    this.readBuffer = readBuffer;
    this.request = this.newRequest();
    this.area = this.newArea();
  }

  newArea(): WriteArea {
    return this.#spareAreas.pop() ?? new WriteArea(this.#spareAreas);
  }

  newRequest(): WriteRequest {
    const request = new this.doors.WriteRequest();
    request.oncomplete = completeWrite;
    request.conn = request.bytes = undefined;
    return request;
  }
}

function completeWrite(this: WriteRequest, status: number): void {
  const { conn } = this;
  this.conn = this.bytes = undefined;
  conn?.written(status);
}

/**
 * Memory for short writes, of which each length has its view: making one costs 90 ns, which is a
 * tenth of a small write.
 */
class WriteArea implements WriteLease {
  readonly bytes = new Uint8Array(COPIED_UP_TO);
  readonly #views: (Uint8Array | undefined)[] = Array.from({ length: COPIED_UP_TO + 1 });
  readonly #spare: WriteArea[];

  constructor(spare: WriteArea[]) {
    this.#spare = spare;
  }

  view(byteLength: number): Uint8Array {
    return (this.#views[byteLength] ??= this.bytes.subarray(0, byteLength));
  }

  /** A slow write is done with it. */
  release(): void {
    if (this.#spare.length < MAX_SPARE_AREAS) this.#spare.push(this);
  }
}

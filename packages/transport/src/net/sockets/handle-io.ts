/* The state that all connections of a thread on Node's handles share. */
import type { BytePool, WriteLease } from '@hioload/api';
import { markAsUntransferable } from 'node:worker_threads';
import type { HandleDoors, WriteRequest } from './node-handle.js';

/**
 * The longest write, in bytes, that is copied to memory with a view for each length. For a longer
 * write, making a view costs less than the copy.
 */
export const COPIED_UP_TO = 2_048;
const MAX_SPARE_AREAS = 16;

/** The memory and the request that connections read and write with. */
export class HandleIo {
  readonly doors: HandleDoors;
  readonly pool: BytePool;
  /**
   * The memory that all connections read into, one after the other. A connection does not lend this
   * buffer: its sink is done with the bytes when the sink returns.
   */
  readonly readBuffer: Uint8Array;
  /** The request for the next write, used again as long as the kernel takes each write at once. */
  request: WriteRequest;
  /** The memory for the next short write. */
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
 * Memory for short writes, with one view for each length. Making a view costs 90 ns, which is a
 * tenth of a small write.
 */
class WriteArea implements WriteLease {
  readonly bytes = new Uint8Array(COPIED_UP_TO);
  readonly #views: (Uint8Array | undefined)[] = Array.from({ length: COPIED_UP_TO + 1 });
  readonly #spare: WriteArea[];

  constructor(spare: WriteArea[]) {
    markAsUntransferable(this.bytes.buffer);
    this.#spare = spare;
  }

  view(byteLength: number): Uint8Array {
    return (this.#views[byteLength] ??= this.bytes.subarray(0, byteLength));
  }

  /** Called where a slow write has ended. */
  release(): void {
    if (this.#spare.length < MAX_SPARE_AREAS) this.#spare.push(this);
  }
}

import { HandleConn } from './handle-conn.js';
import type { HandleDoors } from './node-handle.js';

const NOT_AT_ITS_END = { endEmitted: false };

/**
 * Gives `HandleConn` the properties that Node's read function looks for at the owner of a handle:
 * whether it is `destroyed`, the buffer that reads land in, the callback for it, and whom to tell
 * of the end and of an error. Idempotent.
 */
export function installOwner(doors: HandleDoors): void {
  const prototype = HandleConn.prototype;
  const define = (
    name: string | symbol,
    property: PropertyDescriptor & ThisType<HandleConn>,
  ): void => void Object.defineProperty(prototype, name, { configurable: true, ...property });
  define('destroyed', {
    get() {
      return this.isClosed;
    },
  });
  define('destroy', {
    value(error: Error) {
      this.lost(error);
    },
  });
  define('_readableState', { value: NOT_AT_ITS_END });
  define('push', {
    value(chunk: null) {
      if (chunk === null) this.peerEnded();
    },
  });
  define('read', { value: () => null });
  define(doors.updateTimer, { value: () => undefined });
  define(doors.bufferGenerator, { value: null });
  define(doors.buffer, {
    get() {
      return this.readBuffer;
    },
  });
  define(doors.bufferCallback, {
    value(byteLength: number) {
      this.taken(byteLength);
    },
  });
}

/*
 * The part of Node's stream handles that this transport uses. The handles lie below `net.Socket`
 * and are not documented. They are declared here as Node 20, 22 and 24 have them, and
 * handle-check.ts tries them before a connection relies on them.
 */

/** A connection: a stream of libuv in a thin wrap of Node. */
export interface NodeHandle {
  /** Called for each read. Node's own function finds the owner of the handle and calls it. */
  onread: unknown;
  /** The bytes of the write under way that the kernel has not taken. */
  readonly writeQueueSize: number;
  /** Makes reads land in this memory, which must stay as long as the handle. */
  useUserBuffer(buffer: Uint8Array): void;
  /** Returns 0 or a negative error number, as the next four do. */
  readStart(): number;
  readStop(): number;
  /** Tries to write at once. `request` is used for bytes that the kernel does not take at once. */
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number;
  shutdown(request: ShutdownRequest): number;
  close(callback?: () => void): void;
  /** Ends the connection with a reset. Handles of TCP only. */
  reset?(callback?: () => void): number;
  setNoDelay?(isOn: boolean): number;
  getpeername?(into: { address?: string }): number;
}

/** A write under way. The handle calls `oncomplete` at its end. */
export interface WriteRequest {
  oncomplete: (this: WriteRequest, status: number) => void;
  /** -1 unless a write with this request is under way. */
  getAsyncId(): number;
  /** The connection of the write. A property of this transport. */
  conn: { written(status: number): void } | undefined;
  /** Keeps the memory alive that libuv reads from. A property of this transport. */
  bytes: Uint8Array | undefined;
}

export interface ShutdownRequest {
  oncomplete: (status: number) => void;
}

/** A listening handle. */
export interface NodeServerHandle {
  onconnection: (status: number, handle: NodeHandle | undefined) => void;
}

/**
 * The parts that have to be taken from a socket, because no module exports them: the classes of
 * requests, the function that Node calls for a read, and the names of the properties that this
 * function looks for at the owner of a handle.
 */
export interface HandleDoors {
  readonly WriteRequest: new () => WriteRequest;
  readonly ShutdownRequest: new () => ShutdownRequest;
  readonly onread: unknown;
  readonly owner: symbol;
  readonly buffer: symbol;
  readonly bufferCallback: symbol;
  readonly bufferGenerator: symbol;
  readonly updateTimer: symbol;
}

/*
 * The part of Node's stream handles that this transport uses: what lies below `net.Socket`. It is
 * not documented, so it is declared here as Node 20, 22 and 24 have it, and tried at the start
 * (handle-check.ts) before anything relies on it.
 */

/** A connection, as libuv's stream with Node's thin wrap around it. */
export interface NodeHandle {
  /** Called for each read. Node's own function finds the owner of the handle and tells it. */
  onread: unknown;
  /** Bytes of the write under way that the kernel has not taken. */
  readonly writeQueueSize: number;
  /** Lets reads land in this memory, which is then the owner's to keep. */
  useUserBuffer(buffer: Uint8Array): void;
  /** 0, or a negative error number; so do the next four. */
  readStart(): number;
  readStop(): number;
  /** Tries to write at once, and needs `request` only for what the kernel does not take. */
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number;
  shutdown(request: ShutdownRequest): number;
  close(callback?: () => void): void;
  /** TCP only: ends with a reset. */
  reset?(callback?: () => void): number;
  setNoDelay?(isOn: boolean): number;
  getpeername?(into: { address?: string }): number;
}

/** A write under way. The handle calls `oncomplete` on it. */
export interface WriteRequest {
  oncomplete: (this: WriteRequest, status: number) => void;
  /** -1 unless a write with it is under way. */
  getAsyncId(): number;
  /** Ours: whose write it is. */
  conn: { written(status: number): void } | undefined;
  /** Ours: what keeps the memory alive that libuv reads from. */
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
 * What has to be taken from a socket in use because no module exports it: the classes of requests,
 * the function that reads call, and the names under which that function looks for its owner.
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

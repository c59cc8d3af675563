// Writes to sockets without the stream layer of Node.
import type { Socket } from 'node:net';

/** Sends bytes that stay as they are until the socket has ended. */
export type SocketWriter = (bytes: Buffer) => void;

/** What lies below a socket of Node. Not documented, so each use checks that it is there. */
interface StreamHandle {
  writeBuffer(request: object, bytes: Buffer): number;
  readonly writeQueueSize: number;
}

/**
 * Makes writers that pass the stream layer by. With one message in flight that layer is a quarter
 * of what the load costs, and the servers would wait for it. Made right after the socket, before
 * its first write, from which it learns what a write request is; that write must be a Buffer.
 */
export class WriterSource {
  readonly #socket: Socket;
  readonly #handle: StreamHandle | null;
  #Request: (new () => object) | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#handle = handleOf(socket);
    const handle = this.#handle;
    if (handle === null) return;
    const { writeBuffer } = handle;
    handle.writeBuffer = (request, bytes) => {
      handle.writeBuffer = writeBuffer;
      this.#Request = request.constructor as new () => object;
      return writeBuffer.call(handle, request, bytes);
    };
  }

  /** The fastest writer there is; the plain one where the door below the stream looks different. */
  writer(): SocketWriter {
    const socket = this.#socket;
    const plain: SocketWriter = (bytes) => {
      socket.write(bytes);
    };
    const handle = this.#handle;
    if (handle === null || this.#Request === null || handle !== handleOf(socket)) return plain;

    // A request is used up only by a write that the kernel does not take at once, and after one of
    // these it is the stream's turn: the bytes it is given go behind those that wait.
    const request = Object.assign(new this.#Request(), { oncomplete: () => {} });
    let isDirect = true;
    return (bytes) => {
      if (!isDirect) {
        plain(bytes);
        return;
      }
      const error = handle.writeBuffer(request, bytes);
      if (error !== 0) socket.destroy(new Error(`write failed with error ${error}`));
      else isDirect = handle.writeQueueSize === 0;
    };
  }
}

function handleOf(socket: Socket): StreamHandle | null {
  const { _handle: handle } = socket as unknown as {
    readonly _handle?: Partial<StreamHandle> | null;
  };
  const fits =
    typeof handle?.writeBuffer === 'function' && typeof handle.writeQueueSize === 'number';
  return fits ? (handle as StreamHandle) : null;
}

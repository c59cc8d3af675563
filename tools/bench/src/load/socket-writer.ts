// Writes to sockets without the stream layer of Node.
import type { Socket } from 'node:net';

/** Sends bytes. The bytes must not change until the socket has ended. */
export type SocketWriter = (bytes: Buffer) => void;

/** The object below a socket of Node. It is not documented, so each use checks that it is there. */
interface StreamHandle {
  writeBuffer(request: object, bytes: Buffer): number;
  readonly writeQueueSize: number;
}

/**
 * Makes writers that bypass the stream layer. With one message in flight, that layer takes a
 * quarter of the time of the load, and the servers would wait for it. Make the source right after
 * the socket, before the socket's first write: the source learns from that write how a write
 * request looks. That write must be a Buffer.
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

  /**
   * The fastest possible writer; the plain writer if the object below the stream looks different.
   */
  writer(): SocketWriter {
    const socket = this.#socket;
    const plain: SocketWriter = (bytes) => {
      socket.write(bytes);
    };
    const handle = this.#handle;
    if (handle === null || this.#Request === null || handle !== handleOf(socket)) return plain;

    // Only a write that the kernel does not take at once uses up its request. After such a write
    // the stream writes again, because its bytes must go behind the waiting bytes.
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

/* How to get the parts of Node's sockets that no module exports. */
import type { Socket } from 'node:net';
import type { HandleDoors, NodeHandle } from './node-handle.js';

/** A socket with its private handle. */
export type SocketWithHandle = Socket & { readonly _handle?: NodeHandle | null };

/**
 * Takes the parts from a connected socket, which must be made with the option `onread`. The socket
 * writes a few bytes and shuts down, which shows the requests that Node makes.
 * @throws Error where a part is missing
 */
export function takeDoors(socket: SocketWithHandle): HandleDoors {
  const handle = socket._handle;
  if (handle === undefined || handle === null) throw new Error('a socket has no handle');
  return {
    owner: symbolOf(handle, 'owner_symbol'),
    buffer: symbolOf(socket, 'kBuffer'),
    bufferCallback: symbolOf(socket, 'kBufferCb'),
    bufferGenerator: symbolOf(socket, 'kBufferGen'),
    updateTimer: symbolOf(Object.getPrototypeOf(socket) as object, 'kUpdateTimer'),
    onread: handle.onread,
    WriteRequest: classOfRequest(handle, 'writeLatin1String', () => socket.write('door', 'latin1')),
    ShutdownRequest: classOfRequest(handle, 'shutdown', () => socket.end()),
  };
}

function symbolOf(object: object, description: string): symbol {
  const found = Object.getOwnPropertySymbols(object).find(
    (symbol) => symbol.description === description,
  );
  if (found === undefined) throw new Error(`a socket has no ${description}`);
  return found;
}

/** Finds the class of the request that Node passes to a method of the handle during `act`. */
function classOfRequest<Request>(
  handle: NodeHandle,
  method: string,
  act: () => unknown,
): new () => Request {
  const methods = handle as unknown as Record<
    string,
    ((...args: unknown[]) => unknown) | undefined
  >;
  const original = methods[method];
  if (typeof original !== 'function') throw new Error(`a handle has no ${method}`);
  let seen: unknown;
  methods[method] = (...args) => {
    seen = args[0];
    return original.apply(handle, args);
  };
  try {
    act();
  } finally {
    // The method of the handle is inherited, so the own property can go.
    delete methods[method];
  }
  if (typeof seen !== 'object' || seen === null)
    throw new Error(`${method} was not asked with a request`);
  return seen.constructor as new () => Request;
}

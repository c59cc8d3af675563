// The dialects in which the clients of a library wrap messages.
import { Opcode } from '@hioload/protocol';

/** How the clients of a library wrap a message, and what they say before the first message. */
export interface Dialect {
  /** Path and query of the handshake. */
  readonly path: string;
  readonly opcode: Opcode;
  /**
   * Wraps a message. The payload of the frame is the same in both directions.
   * @param noise the message, of any bytes
   */
  dress(noise: Buffer): Buffer;
  /**
   * The answer of a client to each text message before it is connected; `null` for no answer,
   * undefined when the client is connected.
   */
  greet?(message: string): Greeting;
}

export type Greeting = { readonly answer: string } | { readonly connected: boolean };

/** The WebSocket protocol alone. */
export const PLAIN: Dialect = { path: '/', opcode: Opcode.Binary, dress: (noise) => noise };

/**
 * Engine.IO 4 and Socket.IO 5 over WebSocket alone. A message is an event `m` with a string as
 * argument, because a binary argument would need two frames.
 */
export const SOCKET_IO: Dialect = {
  path: '/socket.io/?EIO=4&transport=websocket',
  opcode: Opcode.Text,
  dress: (noise) => Buffer.from(`42["m","${noise.toString('base64url').slice(0, noise.length)}"]`),
  greet: (message) => {
    // The server opens Engine.IO (0); the client asks for the main namespace (40); the server
    // agrees (40).
    if (message.startsWith('0')) return { answer: '40' };
    return { connected: message.startsWith('40') };
  },
};

export const DIALECTS = { plain: PLAIN, 'socket.io': SOCKET_IO } as const satisfies Record<
  string,
  Dialect
>;
export type DialectName = keyof typeof DIALECTS;

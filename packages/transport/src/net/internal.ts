/* The door `@hioload/transport/internal`: parts that only tests touch. */
export { type HandleAccess, openHandles } from './sockets/handle-check.js';
export { SocketConn } from './sockets/socket-conn.js';
export { SocketListener, type SocketListenerOptions } from './sockets/socket-listener.js';

/* What only tests touch. */
export { type HandleAccess, openHandles } from './sockets/handle-check.js';
export { SocketListener, type SocketListenerOptions } from './sockets/listener.js';
export { SocketConn } from './sockets/socket-conn.js';

// A bare uWebSockets.js server on a free port, which it prints as a line of log. It listens as that
// library does by default: with SO_REUSEPORT, so that any other of its kind can share the port.
import { loadUws } from '@hioload/transport/uws';

const uws = await loadUws();
if (!uws.ok) throw new Error(uws.reason);
const { App, us_socket_local_port: portOf } = uws.native;
App().listen('127.0.0.1', 0, 0, (socket) => {
  if (socket !== false) console.log(JSON.stringify({ msg: `port ${portOf(socket)}` }));
});

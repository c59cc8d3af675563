// The door of servers: transports with every option filled in, and notes of what they do.
export { freePort } from './free-port.js';
export {
  buildTransport,
  type BuiltTransport,
  type Fault,
  listen,
  type TransportSettings,
} from './build-transport.js';
export {
  Recording,
  type RecordingOptions,
  type RecordingServer,
  serveRecording,
} from './recording-server.js';
export type { Subject } from './subject.js';

// The door of the wire: a WebSocket peer written by hand, which shares no code with the servers.
export { type DeflateTerms, newDeflater, newInflater } from './deflate.js';
export { FrameReader, type ReceivedFrame } from './frame-reader.js';
export { closeFrame, frame, type FrameOptions, Op } from './frames.js';
export { ACCEPT_VALUE, head, type HeadOptions } from './head.js';
export { asciiPattern, pattern } from './patterns.js';
export { inflatePlainly, type PlainMessage } from './plain-inflate.js';
export { type HttpAnswer, RawClient, type RawClientOptions } from './raw-client.js';
export { showBytes, type Shown, showFrames } from './show.js';

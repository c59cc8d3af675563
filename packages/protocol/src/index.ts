// The public door of the protocol package: RFC 6455 and RFC 7692 without sockets.
export { assertSendableClose, isCloseCode, isOriginAllowed } from '@hioload/api';
export { type ReadClose, readClose } from './close.js';
export {
  emptyFrameHeader,
  type FrameHeader,
  frameHeaderBytes,
  HeaderFault,
  MAX_FRAME_HEADER_BYTES,
  Opcode,
  readFrameHeader,
  writeFrameHeader,
} from './frame-header.js';
export {
  checkHandshake,
  checkRequest,
  HANDSHAKE_REFUSALS,
  type HandshakeCheck,
  HandshakeFault,
  type HandshakeRefusal,
} from './handshake.js';
export { applyMask } from './mask.js';
export { type PageRequest, requestedPage } from './requested-page.js';
export { isPathServed } from './path.js';
export { chooseSubprotocol, parseOfferedProtocols } from './subprotocol.js';
export { isFieldValue, isToken, listHasToken, splitList } from './tokens.js';
export { utf8ByteLength } from './utf8.js';
export { Utf8Validator } from './utf8-validator.js';
export { CloseHandshake, CloseStep } from './close-handshake.js';
export { type EncodedFrames, FrameEncoder, type FrameEncoderOptions } from './frame-encoder.js';
export { IdleVerdict, IdleWatch } from './idle-watch.js';
export { nextMaskKey } from './mask-keys.js';
export { PendingPong } from './pending-pong.js';
export {
  FrameDecoder,
  type FrameDecoderOptions,
  type FrameSink,
  type Role,
} from './frame-decoder.js';
export { type ProtocolViolation, Violation } from './violation.js';
export {
  type MessageLimits,
  MessageReader,
  type MessageReaderOptions,
  type MessageSink,
} from './message-reader.js';
export { acceptKey, newHandshakeKey } from './accept-key.js';
export {
  AnswerFault,
  type AnswerResult,
  ClientHandshake,
  type ClientHandshakeOptions,
} from './client-handshake.js';
export { formatExtension, type ListedExtension, parseExtensions } from './extension-list.js';
export { type HeadLimits, HeadReader, HeadStatus, type HttpHead } from './http-head.js';
export { type Negotiated, negotiateExtension, negotiateExtensionFor } from './negotiation.js';
export { type Acceptance, acceptanceHead, refusalMessage } from './opening-answer.js';
export {
  HANDSHAKE_HEAD_LIMITS,
  type OpeningFault,
  OpeningReader,
  type OpeningRefusal,
  type OpeningRequest,
  type OpeningResult,
} from './opening-request.js';
export { isTarget, parseRequestLine, type RequestLine } from './request-line.js';
export {
  type CompressionWatch,
  PermessageDeflate,
  type PermessageDeflateOptions,
} from './permessage-deflate/permessage-deflate.js';
export { GrowingBlock } from './growing-block.js';
export { copyBytes } from './copy-bytes.js';

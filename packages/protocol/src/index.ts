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
export { applyMask } from './mask.js';

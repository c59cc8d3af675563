import type { NetConn } from '@hioload/api';
import type { FrameEncoder } from '@hioload/protocol';

/**
 * Up to here bytes are lent for the time of the call; longer ones change hands, which takes an
 * object but no copy.
 */
const LENT_UP_TO = 2_048;

let target: NetConn | null = null;
let isTaken = false;

function writeLent(bytes: Uint8Array, start: number, end: number): void {
  isTaken = target!.write(bytes, start, end);
}

/** Writes all that waits in `encoder`, in one write. @returns whether it has been taken */
export function writeAll(encoder: FrameEncoder, net: NetConn): boolean {
  isTaken = true;
  if (encoder.pendingBytes <= LENT_UP_TO) {
    target = net;
    encoder.flush(writeLent);
    target = null;
    return isTaken;
  }
  const frames = encoder.take();
  return frames === undefined || net.write(frames.bytes, frames.start, frames.end, frames);
}

// The payload length of each workload.
import { JSON_BYTES, UNICODE_BYTES } from './material.js';
import type { WorkloadName } from './workload.js';

/** Payload of a message of each workload, in bytes. */
export function messageBytesOf(workload: WorkloadName): number {
  switch (workload) {
    case 'read-64':
    case 'write-64':
    case 'write-text':
    case 'write-masked':
      return 64;
    case 'read-64k':
      return 65_536;
    case 'read-text':
    case 'check-ascii':
      return 1_024;
    case 'read-unicode':
    case 'check-unicode':
    case 'check-anywhere':
      return UNICODE_BYTES.length;
    case 'deflate':
    case 'inflate':
      return JSON_BYTES.length;
  }
}

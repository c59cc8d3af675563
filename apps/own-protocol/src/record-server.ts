// A TCP server that speaks the record protocol and answers each reading.
import type { BytePool } from '@hioload/api';
import { createServer, type Server, type Socket } from 'node:net';
import { RecordDecoder } from './record-decoder.js';
import { RecordEncoder } from './record-encoder.js';
import { RecordKind } from './record-format.js';

/**
 * Answers each reading with a note that holds the number of readings so far. A peer that breaks a
 * rule loses its connection.
 */
export function recordServer(pool: BytePool): Server {
  return createServer((socket) => serve(socket, pool));
}

function serve(socket: Socket, pool: BytePool): void {
  const encoder = new RecordEncoder(pool);
  let readings = 0;
  const decoder = new RecordDecoder((kind) => {
    if (kind !== RecordKind.Reading) return;
    readings += 1;
    encoder.add(RecordKind.Note, Buffer.from(`${readings}`));
  }, pool);
  socket.on('data', (chunk: Buffer) => {
    const fault = decoder.decode(chunk, 0, chunk.length);
    // All answers to a chunk are one write. They are copied, because the block goes back to the
    // pool at once and the socket may keep its bytes.
    encoder.flush((bytes, start, end) => socket.write(Buffer.from(bytes.subarray(start, end))));
    if (fault !== undefined) socket.destroy();
  });
  socket.on('close', () => decoder.release());
  // A reset by the peer is not an error of the server; `close` follows it.
  socket.on('error', () => {});
}

import { isUtf8 } from 'node:buffer';
import type { Duplex } from 'node:stream';
import {
  ASCII_TEXT,
  type ChunkSource,
  clientChunks,
  compressedChunk,
  CountingSocket,
  JSON_BYTES,
  requireEqual,
  UNICODE_BYTES,
} from './material.js';
import type { Workload, Workloads } from './workload.js';

const MESSAGES = 200;
const MAX_MESSAGE_BYTES = 1_048_576;

/** The halves of the codec of `ws`, which its types leave out. */
export interface WsCodec {
  readonly Receiver: new (options: object) => WsReceiver;
  readonly Sender: new (socket: Duplex, extensions?: object) => WsSender;
  readonly PerMessageDeflate: new (options: object) => { accept(configurations: readonly object[]): object };
}

interface WsReceiver {
  on(event: string, listener: (...details: never[]) => void): this;
  write(chunk: Uint8Array): boolean;
}

interface WsSender {
  send(data: string | Uint8Array, options: object, done?: () => void): void;
}

/** The workloads as `ws` does them, with what its server sets. */
export function wsWorkloads(ws: WsCodec): Workloads {
  const bytes = Buffer.alloc(65_536, 7);
  const slice = bytes.subarray(9, 73);
  const text = ASCII_TEXT.slice(0, 64);

  function reading(source: ChunkSource, messageBytes: number): Workload {
    const receiver = new ws.Receiver({ isServer: true, maxPayload: MAX_MESSAGE_BYTES, maxFragments: 1_024 });
    let messages = 0;
    let received = 0;
    let turns = 0;
    receiver.on('message', (data: Buffer) => {
      messages += 1;
      received += data.length;
    });
    return {
      messagesPerTurn: source.frames,
      messageBytes,
      prepare: source.restore,
      turn: () => {
        turns += 1;
        for (const chunk of source.chunks) receiver.write(chunk);
      },
      verify: () => {
        requireEqual('messages read', messages, turns * source.frames);
        requireEqual('bytes read', received, turns * source.frames * messageBytes);
      },
    };
  }

  function writing(messageBytes: number, wireBytes: number, send: (sender: WsSender) => void): Workload {
    const socket = new CountingSocket();
    const sender = new ws.Sender(socket);
    let turns = 0;
    return {
      messagesPerTurn: MESSAGES,
      messageBytes,
      turn: () => {
        turns += 1;
        for (let i = 0; i < MESSAGES; i++) send(sender);
      },
      verify: () => requireEqual('bytes written', socket.bytes, turns * MESSAGES * wireBytes),
    };
  }

  function deflating(): Workload {
    const socket = new CountingSocket();
    const sender = new ws.Sender(socket, wsExtensions(ws, false));
    const options = { fin: true, binary: true, compress: true, mask: false };
    let turns = 0;
    return {
      messagesPerTurn: MESSAGES,
      messageBytes: JSON_BYTES.length,
      turn: () =>
        new Promise<void>((resolve) => {
          turns += 1;
          for (let i = 1; i < MESSAGES; i++) sender.send(JSON_BYTES, options);
          sender.send(JSON_BYTES, options, resolve);
        }),
      verify: () => {
        if (socket.bytes === 0 || socket.bytes >= turns * MESSAGES * JSON_BYTES.length) {
          throw new Error('nothing was compressed');
        }
      },
    };
  }

  function inflating(): Workload {
    const chunk = compressedChunk(JSON_BYTES, MESSAGES);
    const extensions = wsExtensions(ws, false);
    const receiver = new ws.Receiver({ isServer: false, maxPayload: MAX_MESSAGE_BYTES, extensions });
    let received = 0;
    let turns = 0;
    let finish: () => void = () => {};
    receiver.on('message', (data: Buffer) => {
      received += data.length;
      if (received === turns * MESSAGES * JSON_BYTES.length) finish();
    });
    return {
      messagesPerTurn: MESSAGES,
      messageBytes: JSON_BYTES.length,
      turn: () =>
        new Promise<void>((resolve) => {
          turns += 1;
          finish = resolve;
          receiver.write(chunk);
        }),
      verify: () => requireEqual('bytes inflated', received, turns * MESSAGES * JSON_BYTES.length),
    };
  }

  function checking(): Workload {
    const text = Buffer.concat([Buffer.alloc(8), UNICODE_BYTES]);
    let good = 0;
    let turns = 0;
    return {
      messagesPerTurn: MESSAGES,
      messageBytes: UNICODE_BYTES.length,
      turn: () => {
        turns += 1;
        for (let i = 0; i < MESSAGES; i++) if (isUtf8(text.subarray(8, text.length))) good += 1;
      },
      verify: () => requireEqual('texts that are UTF-8', good, turns * MESSAGES),
    };
  }

  const plain = { fin: true, compress: false, binary: true, mask: false };
  return {
    'read-64': () => reading(clientChunks(bytes.subarray(0, 64), true), 64),
    'read-64k': () => reading(clientChunks(bytes, true), 65_536),
    'read-text': () => reading(clientChunks(Buffer.from(ASCII_TEXT), false), 1_024),
    'read-unicode': () => reading(clientChunks(UNICODE_BYTES, false), UNICODE_BYTES.length),
    'check-unicode': checking,
    'write-64': () => writing(64, 66, (sender) => sender.send(slice, { ...plain })),
    'write-text': () => writing(64, 66, (sender) => sender.send(text, { ...plain, binary: false })),
    'write-masked': () => writing(64, 70, (sender) => sender.send(slice, { ...plain, mask: true })),
    deflate: deflating,
    inflate: inflating,
  };
}

function wsExtensions(ws: WsCodec, contextTakeover: boolean): object {
  const terms = { serverNoContextTakeover: !contextTakeover, clientNoContextTakeover: !contextTakeover };
  const deflate = new ws.PerMessageDeflate({ ...terms, isServer: true, maxPayload: MAX_MESSAGE_BYTES, threshold: 0 });
  deflate.accept([{}]);
  return { 'permessage-deflate': deflate };
}

/** One connection that compresses and decompresses, used once in each direction. Kept alive by the caller. */
export function wsConnection(ws: WsCodec, contextTakeover: boolean): () => Promise<object> {
  const frame = compressedChunk(JSON_BYTES, 1);
  return async () => {
    const extensions = wsExtensions(ws, contextTakeover);
    const sender = new ws.Sender(new CountingSocket(), extensions);
    const receiver = new ws.Receiver({ isServer: false, maxPayload: MAX_MESSAGE_BYTES, extensions });
    await new Promise<void>((resolve) =>
      sender.send(JSON_BYTES, { fin: true, binary: true, compress: true, mask: false }, resolve),
    );
    await new Promise<void>((resolve) => {
      receiver.on('message', () => resolve());
      receiver.write(frame);
    });
    return { sender, receiver };
  };
}

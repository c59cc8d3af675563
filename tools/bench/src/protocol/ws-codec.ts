// The codec of `ws`, as `bench protocol` measures it.
import { isUtf8 } from 'node:buffer';
import type { Duplex } from 'node:stream';
import { type Codec, ReadTally } from './codec.js';
import { compressedChunk, CountingSocket, JSON_BYTES, MAX_MESSAGE_BYTES } from './material.js';

/** The two halves of the codec of `ws`, which the types of `ws` do not contain. */
interface WsModule {
  readonly Receiver: new (options: object) => WsReceiver;
  readonly Sender: new (socket: Duplex, extensions?: object) => WsSender;
  readonly PerMessageDeflate: new (options: object) => {
    accept(configurations: readonly object[]): object;
  };
}

interface WsReceiver {
  on(event: string, listener: (...details: never[]) => void): this;
  write(chunk: Uint8Array): boolean;
}

interface WsSender {
  send(data: string | Uint8Array, options: object, done?: () => void): void;
}

/**
 * @param hasBufferutil whether `ws` masks with `bufferutil`; call this function before anything
 * else loads `ws`
 */
export async function loadWsCodec(hasBufferutil: boolean): Promise<Codec> {
  if (!hasBufferutil) process.env['WS_NO_BUFFER_UTIL'] = '1';
  return wsCodec((await import('ws')) as unknown as WsModule);
}

/** The codec of `ws` with the settings of its server. */
function wsCodec(ws: WsModule): Codec {
  const extensions = (contextTakeover: boolean): object => {
    const terms = {
      serverNoContextTakeover: !contextTakeover,
      clientNoContextTakeover: !contextTakeover,
    };
    const deflate = new ws.PerMessageDeflate({
      ...terms,
      isServer: true,
      maxPayload: MAX_MESSAGE_BYTES,
      threshold: 0,
    });
    deflate.accept([{}]);
    return { 'permessage-deflate': deflate };
  };
  const receiver = (isServer: boolean, agreed: object, tally: ReadTally): WsReceiver =>
    new ws.Receiver({
      isServer,
      maxPayload: MAX_MESSAGE_BYTES,
      maxFragments: 1_024,
      extensions: agreed,
    }).on('message', (data: Buffer) => tally.note(data.length));

  return {
    reader(isMasked, isCompressed, tally) {
      const reader = receiver(isMasked, isCompressed ? extensions(false) : {}, tally);
      return (chunk) => void reader.write(chunk);
    },

    writer({ message, isMasked, isCompressed }, socket) {
      const sender = new ws.Sender(socket, isCompressed ? extensions(false) : {});
      const options = {
        fin: true,
        compress: isCompressed,
        binary: typeof message !== 'string',
        mask: isMasked,
      };
      if (!isCompressed) {
        return (messages) => {
          for (let i = 0; i < messages; i++) sender.send(message, { ...options });
        };
      }
      return (messages) =>
        new Promise<void>((resolve) => {
          for (let i = 1; i < messages; i++) sender.send(message, { ...options });
          sender.send(message, { ...options }, resolve);
        });
    },

    textCheck() {
      return (bytes, start, end) => isUtf8(bytes.subarray(start, end));
    },

    connection({ contextTakeover }) {
      const frame = compressedChunk(JSON_BYTES, 1);
      return async () => {
        const agreed = extensions(contextTakeover);
        const sender = new ws.Sender(new CountingSocket(), agreed);
        await new Promise<void>((resolve) =>
          sender.send(
            JSON_BYTES,
            { fin: true, binary: true, compress: true, mask: false },
            resolve,
          ),
        );
        const tally = new ReadTally();
        const reader = receiver(false, agreed, tally);
        reader.write(frame);
        await tally.reached(1);
        return { sender, reader };
      };
    },
  };
}

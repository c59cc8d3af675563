// Test support: the codec of `ws`, for the comparison.
import type { Duplex } from 'node:stream';
import * as ws from 'ws';
import type { OurOptions } from './our-reader.js';
import type { Outcome } from './reference-reader.js';

/** The halves of the `ws` package's codec, which its types leave out. */
interface Codec {
  readonly Receiver: new (options: object) => Receiver;
  readonly Sender: new (socket: Duplex, extensions?: object) => Sender;
  readonly PerMessageDeflate: new (options: object) => PerMessageDeflate;
}

interface Receiver {
  on(event: string, listener: (...details: never[]) => void): this;
  write(chunk: Uint8Array): boolean;
}

interface Sender {
  send(data: string | Uint8Array, options: object): void;
  ping(data: Uint8Array, mask: boolean): void;
  pong(data: Uint8Array, mask: boolean): void;
  close(code: number | undefined, data: string, mask: boolean, done: () => void): void;
}

export interface PerMessageDeflate {
  accept(configurations: object[]): object;
}

export const { Receiver, Sender, PerMessageDeflate } = ws as unknown as Codec;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** What the receiver of `ws` makes of chunks; the close code is the one it would send. */
export function readByWs(chunks: readonly Uint8Array[], options: OurOptions): Outcome {
  const events: string[] = [];
  let code = 0;
  const { isServer, maxMessageBytes, maxFragments } = options;
  const receiver = new Receiver({ isServer, maxPayload: maxMessageBytes, maxFragments });
  receiver
    .on('message', (data: Buffer, isBinary: boolean) =>
      events.push(`${isBinary ? 'binary' : 'text'} ${hex(data)}`.trimEnd()),
    )
    .on('ping', (data: Buffer) => events.push(`ping ${hex(data)}`.trimEnd()))
    .on('pong', (data: Buffer) => events.push(`pong ${hex(data)}`.trimEnd()))
    .on('conclude', (closeCode: number, reason: Buffer) =>
      events.push(`close ${closeCode} ${reason.toString()}`.trimEnd()),
    )
    .on('error', () => undefined);
  let isOver = false;
  for (const chunk of chunks) {
    if (isOver) break;
    receiver.write(chunk);
    // The error is emitted a tick later; what it is going to be stands in the stream at once.
    const error = (
      receiver as unknown as { readonly errored?: (Error & Record<symbol, number>) | null }
    ).errored;
    if (error) code = error[statusSymbol(error)] ?? -1;
    isOver = code !== 0 || events.some((event) => event.startsWith('close'));
  }
  return { events, code };
}

const statusSymbol = (error: object): symbol =>
  Object.getOwnPropertySymbols(error).find((symbol) => symbol.description === 'status-code') ??
  Symbol('none');

// Tests of many connections whose reads and writes cross, with messages that prove themselves.
import { CloseCode, type WebSocketConn } from '@hioload/api';
import { FakeBytePool } from '@hioload/fake';
import { createNetTransport } from '@hioload/transport/net';
import { Prng } from '@hioload/test-support/random';
import { buildTransport } from '@hioload/test-support/servers';
import { frame, head, Op } from '@hioload/test-support/wire';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { LazyNetConn } from './lazy-net-conn.js';

const CONNS = 80;
const STEPS = 12_000;
const MESSAGES = 40;
const READ_BUFFER_BYTES = 65_536;
/** Lengths at which a message takes another way: inline, lent, taken, shared. */
const LENGTHS = [0, 1, 60, 130, 1_000, 2_050, 5_000, 16_400, 70_000];

/**
 * A payload that proves itself: who sent it, the how manieth it is, and a filler that follows from
 * both.
 */
function payloadOf(sender: number, seq: number, length: number): string {
  const filler = String.fromCharCode(97 + ((sender * 7 + seq * 3) % 26));
  return `${sender}:${seq}:${length}|${filler.repeat(length)}`;
}

function proveOf(text: string): { readonly sender: number; readonly seq: number } {
  const [sender = NaN, seq = NaN, length = NaN] = text
    .slice(0, text.indexOf('|'))
    .split(':')
    .map(Number);
  if (text !== payloadOf(sender, seq, length))
    throw new Error(`not what anybody sent: ${text.slice(0, 80)}`);
  return { sender, seq };
}

/**
 * All that one peer is going to send: messages in fragments, pings between them, and now and then a
 * violation.
 */
function streamOf(random: Prng, id: number): { readonly bytes: Buffer; readonly isGood: boolean } {
  const parts: Buffer[] = [];
  let isGood = true;
  for (let seq = 0; seq < MESSAGES; seq++) {
    const payload = Buffer.from(payloadOf(id, seq, random.pick(LENGTHS)));
    const cuts = random.below(4);
    let from = 0;
    for (let i = 0; i <= cuts; i++) {
      const to = i === cuts ? payload.length : from + random.below(payload.length - from + 1);
      const maskKey = random.word();
      parts.push(
        frame(i === 0 ? Op.Text : Op.Continuation, payload.subarray(from, to), {
          fin: i === cuts,
          maskKey,
        }),
      );
      if (random.oneIn(6)) parts.push(frame(Op.Ping, `p${id}`, { maskKey }));
      from = to;
    }
    if (!random.oneIn(200)) continue;
    parts.push(frame(Op.Text, 'x', { rsv: 4 }));
    isGood = false;
  }
  return { bytes: Buffer.concat(parts), isGood };
}

it.each([1, 2, 3, 4])(
  'no byte of one connection comes out of another, seed %i',
  { timeout: 60_000 },
  async (seed) => {
    const random = new Prng(seed);
    const pool = new FakeBytePool();
    const conns = new Map<number, WebSocketConn>();
    const heard = new Map<number, number>();
    const closes = new Map<number, number>();
    const { transport, faults } = await buildTransport(createNetTransport<number>, {
      handlers: {
        upgrade: ({ query }) => ({ status: 101, data: Number(query) }),
        open(conn) {
          conns.set(conn.data, conn);
          conn.subscribe('all');
        },
        message(conn, message) {
          const id = conn.data;
          const { sender, seq } = proveOf(message.text());
          const expected = heard.get(id) ?? 0;
          if (sender !== id || seq !== expected)
            throw new Error(`${id} was to send ${expected}: ${sender}:${seq}`);
          heard.set(id, seq + 1);
          const other = conns.get(random.below(CONNS));
          const way = random.below(5);
          if (way === 0) conn.send(message.text());
          else if (way === 1) conn.cork(() => [conn.send(message), other?.send(message)]);
          else conn.send(message);
          if (random.oneIn(3)) other?.send(message);
          if (random.oneIn(40)) conn.publish('all', message);
          if (random.oneIn(400)) other?.terminate();
          if (random.oneIn(400)) other?.end(1000);
          // Whatever was sent meanwhile, it still says the same.
          if (proveOf(message.text()).seq !== seq)
            throw new Error('the message has changed under its hook');
        },
        close(conn, code) {
          conns.delete(conn.data);
          closes.set(conn.data, code);
        },
      },
      limits: { maxBufferedBytes: 2 ** 28 },
      pool,
      sockets: 'plain',
    });
    const idleBlocks = pool.outstanding;
    const peers = Array.from({ length: CONNS }, (_, id) => {
      const request = Buffer.from(head({ requestLine: `GET /?${id} HTTP/1.1` }));
      const net = new LazyNetConn();
      transport.accept(net);
      const { bytes, isGood } = streamOf(random, id);
      return { id, net, stream: Buffer.concat([request, bytes]), isGood, at: 0 };
    });
    // As in a reactor: every read lands in the same memory.
    const readBuffer = Buffer.alloc(READ_BUFFER_BYTES);
    for (let step = 0; step < STEPS; step++) {
      const peer = random.pick(peers);
      const { net, stream } = peer;
      const pace = random.below(6);
      if (pace === 0) net.drain();
      else if (pace === 1) net.isSlow = true;
      if (random.oneIn(2_000)) net.cut();
      const length = Math.min(
        stream.length - peer.at,
        1 + random.below(random.oneIn(4) ? READ_BUFFER_BYTES : 900),
      );
      if (length > 0) {
        readBuffer.fill(0xee);
        stream.copy(readBuffer, 0, peer.at, peer.at + length);
        peer.at += length;
        net.arrive(readBuffer, 0, length);
      }
      if (random.oneIn(30)) await turn();
    }
    await turn();
    for (const { net } of peers) net.drain();
    await turn();
    expect(faults).toEqual([]);
    let echoes = 0;
    for (const { id, net, isGood } of peers) {
      // Nobody is blamed for what another one sent.
      expect([
        undefined,
        CloseCode.Normal,
        CloseCode.Abnormal,
        ...(isGood ? [] : [CloseCode.ProtocolError]),
      ]).toContain(closes.get(id));
      expect(net.reader.faults).toEqual([]);
      let last = -1;
      for (const { opcode, payload } of net.reader.frames) {
        if (opcode === Op.Pong) expect(payload.toString()).toBe(`p${id}`);
        if (opcode !== Op.Text) continue;
        const { sender, seq } = proveOf(payload.toString());
        if (sender !== id) continue;
        expect(seq).toBeGreaterThanOrEqual(last);
        last = seq;
        echoes += 1;
      }
    }
    expect(echoes).toBeGreaterThan(CONNS);
    transport.close();
    for (const { net } of peers) net.drain();
    expect([pool.outstanding, idleBlocks]).toEqual([0, 1]);
  },
);

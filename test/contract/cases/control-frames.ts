// Cases of the transport contract: pings and pongs.
import { SendStatus } from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { expect } from 'vitest';
import { type CaseGroup, expectCode, hasReceived, textsOf } from '../scene.js';

const noted = (into: string[]) => (_conn: unknown, payload: Uint8Array) =>
  void into.push(Buffer.from(payload).toString());

export const controlFrameCases: CaseGroup = {
  'answers a ping with its payload and calls ping': async (scene) => {
    const pings: string[] = [];
    const server = await scene.serve({ ping: noted(pings) });
    const peer = await server.connect();
    peer.ping(Buffer.from('one'));
    peer.ping(Buffer.alloc(125, 'x'));
    await eventually('two pongs have arrived', () => peer.pongs.length === 2);
    expect(pings).toEqual(['one', 'x'.repeat(125)]);
    expect(peer.pongs.map((payload) => Buffer.from(payload).toString())).toEqual(pings);
  },

  'answers a ping without a ping hook': async (scene) => {
    const server = await scene.serve();
    const peer = await server.connect();
    peer.ping(Buffer.from('anybody?'));
    await eventually('the pong has arrived', () => peer.pongs.length === 1);
    expect(Buffer.from(peer.pongs[0]!).toString()).toBe('anybody?');
  },

  'sends pings, and calls pong with the payload of each answer': async (scene) => {
    const pongs: string[] = [];
    const server = await scene.serve({ pong: noted(pongs) });
    const { peer, conn } = await server.connectBoth();
    expect(conn.ping('tëxt')).toBe(SendStatus.Sent);
    expect(conn.ping(Uint8Array.of(65, 66))).toBe(SendStatus.Sent);
    expect(conn.ping()).toBe(SendStatus.Sent);
    await eventually('three pongs have come', () => pongs.length === 3);
    expect(pongs).toEqual(['tëxt', 'AB', '']);
    expect(peer.pings.map((payload) => Buffer.from(payload).toString())).toEqual(pongs);
  },

  'calls pong for an unasked pong': async (scene) => {
    const pongs: string[] = [];
    const server = await scene.serve({ pong: noted(pongs) });
    const peer = await server.connect();
    peer.pong(Buffer.from('heartbeat'));
    await eventually('it has come', () => pongs.length === 1);
    expect(pongs).toEqual(['heartbeat']);
  },

  'refuses a ping payload above 125 bytes and takes one of 125': async (scene) => {
    const server = await scene.serve();
    const { peer, conn } = await server.connectBoth();
    expectCode('HIOLOAD_CONTROL_PAYLOAD_TOO_LONG', () => conn.ping(new Uint8Array(126)));
    expectCode('HIOLOAD_CONTROL_PAYLOAD_TOO_LONG', () => conn.ping(new ArrayBuffer(126)));
    expectCode('HIOLOAD_CONTROL_PAYLOAD_TOO_LONG', () => conn.ping('x'.repeat(126)));
    expectCode('HIOLOAD_CONTROL_PAYLOAD_TOO_LONG', () => conn.ping('é'.repeat(63)));
    expectCode('HIOLOAD_OPTION_INVALID', () => conn.ping(5 as never));
    for (const payload of [new Uint8Array(125), '', new SharedArrayBuffer(2)])
      expect(conn.ping(payload)).toBe(SendStatus.Sent);
    conn.send('after');
    await hasReceived(peer, 1);
    expect(peer.pings.map((payload) => payload.length)).toEqual([125, 0, 2]);
    expect(textsOf(peer)).toEqual(['after']);
  },

  'keeps pings, pongs and messages in order': async (scene) => {
    const calls: string[] = [];
    const server = await scene.serve({
      message: (_conn, message) => void calls.push(`message ${message.text()}`),
      ping: (_conn, payload) => void calls.push(`ping ${Buffer.from(payload).toString()}`),
      pong: (_conn, payload) => void calls.push(`pong ${Buffer.from(payload).toString()}`),
    });
    const peer = await server.connect();
    peer.send('1');
    peer.ping(Buffer.from('2'));
    peer.send('3');
    peer.pong(Buffer.from('4'));
    peer.send('5');
    await eventually('all have come', () => calls.length === 5);
    expect(calls).toEqual(['message 1', 'ping 2', 'message 3', 'pong 4', 'message 5']);
  },
};

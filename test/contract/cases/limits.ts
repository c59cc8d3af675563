// Cases of the transport contract: limits.
import { closedMetric, Metric } from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { expect } from 'vitest';
import { type CaseGroup, closeOf, expectCode, hasReceived, textsOf } from '../scene.js';

const PER_SECOND = 5;

export const limitCases: CaseGroup = {
  'returns false for a subscription beyond the limit': async (scene) => {
    const server = await scene.serve({}, { limits: { maxSubscriptions: 2 } });
    const { conn } = await server.connectBoth();
    expect(['a', 'b', 'c', 'a'].map((topic) => conn.subscribe(topic))).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect(conn.isSubscribed('c')).toBe(false);
    conn.unsubscribe('a');
    expect(conn.subscribe('c')).toBe(true);
  },

  'takes any number of subscriptions if the limit is off': async (scene) => {
    const server = await scene.serve({}, { limits: { maxSubscriptions: 0 } });
    const { conn } = await server.connectBoth();
    const topics = Array.from({ length: 2_000 }, (_, i) => `topic ${i}`);
    expect(topics.every((topic) => conn.subscribe(topic))).toBe(true);
  },

  'compares topics with the configured limit': async (scene) => {
    const server = await scene.serve({}, { limits: { maxTopicBytes: 4 } });
    const { conn } = await server.connectBoth();
    expect(conn.subscribe('four')).toBe(true);
    expectCode('HIOLOAD_TOPIC_INVALID', () => conn.subscribe('fives'));
  },

  'closes a connection that sends too fast with 1008': async (scene) => {
    const seen: string[] = [];
    const closes: number[] = [];
    const server = await scene.serve(
      {
        message: (_conn, message) => void seen.push(message.text()),
        close: (_conn, code) => void closes.push(code),
      },
      { limits: { maxMessagesPerSecond: PER_SECOND } },
    );
    const peer = await server.connect();
    const other = await server.connect();
    for (let i = 0; i < 10 * PER_SECOND; i++) peer.send(`${i}`);
    expect((await closeOf(peer)).code).toBe(1008);
    await eventually('the close handler has run', () => closes.length > 0);
    expect(closes).toEqual([1008]);
    // A burst passes; where time goes by meanwhile, a few more.
    expect(seen.length).toBeGreaterThanOrEqual(PER_SECOND);
    expect(seen.length).toBeLessThan(10 * PER_SECOND);
    expect(seen).toEqual(seen.map((_, i) => `${i}`));
    expect(server.metrics.read(Metric.MessagesIn)).toBe(seen.length);
    expect(server.metrics.read(closedMetric(1008))).toBe(1);
    expect(other.closedWith).toBeUndefined();
  },

  'lets a connection send again after a second': async (scene) => {
    const server = await scene.serve(
      { message: (conn, message) => void conn.send(message) },
      { limits: { maxMessagesPerSecond: PER_SECOND } },
    );
    const peer = await server.connect();
    for (let burst = 1; burst <= 2; burst++) {
      if (burst > 1) await scene.harness.elapse(1_000);
      for (let i = 0; i < PER_SECOND; i++) peer.send(`${burst}`);
      await hasReceived(peer, burst * PER_SECOND);
    }
    expect(peer.closedWith).toBeUndefined();
  },

  'takes messages at any rate if the limit is off': async (scene) => {
    let count = 0;
    const server = await scene.serve(
      { message: () => void count++ },
      { limits: { maxMessagesPerSecond: 0 } },
    );
    const peer = await server.connect();
    for (let i = 0; i < 2_000; i++) peer.send('');
    await eventually('all have arrived', () => count === 2_000);
    expect(peer.closedWith).toBeUndefined();
  },

  'takes a message of exactly the longest size': async (scene) => {
    const server = await scene.serve(
      { message: (conn, message) => void conn.send(message) },
      { limits: { maxPayloadBytes: 1_000 } },
    );
    const peer = await server.connect();
    peer.send('x'.repeat(1_000));
    await hasReceived(peer, 1);
    expect(textsOf(peer)).toEqual(['x'.repeat(1_000)]);
  },

  'closes a connection that sends a longer message, and calls no handler with it': async (
    scene,
  ) => {
    const calls: string[] = [];
    const server = await scene.serve(
      {
        message: (_conn, message) => void calls.push(`message ${message.byteLength}`),
        close: () => void calls.push('close'),
      },
      { limits: { maxPayloadBytes: 1_000 } },
    );
    const peer = await server.connect();
    peer.send('short');
    peer.send('x'.repeat(1_001));
    peer.send('late');
    await closeOf(peer);
    await eventually('the close handler has run', () => calls.includes('close'));
    expect(calls).toEqual(['message 5', 'close']);
    expect(server.metrics.read(Metric.MessagesIn)).toBe(1);
  },

  'tells the peer and the close handler of a longer message with 1009': async (scene) => {
    const closes: number[] = [];
    const server = await scene.serve(
      { close: (_conn, code) => void closes.push(code) },
      { limits: { maxPayloadBytes: 1_000 } },
    );
    const peer = await server.connect();
    peer.send('x'.repeat(1_001));
    expect((await closeOf(peer)).code).toBe(1009);
    await eventually('the close handler has run', () => closes.length > 0);
    expect(closes).toEqual([1009]);
  },
};

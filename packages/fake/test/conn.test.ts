// Tests of the fake connection.
import { type AppDefinition, ConnState, SendStatus } from '@hioload/api';
import { describe, expect, it } from 'vitest';
import { FakeConn, FakeMessage } from '../src/index.js';

const coded = (code: string): unknown => expect.objectContaining({ code });

describe('FakeConn', () => {
  it('lets a test call single handlers', async () => {
    const app: AppDefinition<{ user: string }> = {
      open: (conn) => conn.send(`welcome, ${conn.data.user}`),
      message: (conn, message) => conn.send(`${message.text()} to you`),
    };
    const conn = new FakeConn({ data: { user: 'ada' } });
    app.open?.(conn);
    await new FakeMessage('hello').lend((message) => app.message?.(conn, message));
    expect(conn.texts).toEqual(['welcome, ada', 'hello to you']);
  });

  it('records the calls that it gets', () => {
    const conn = new FakeConn();
    const bytes = Uint8Array.of(1, 2);
    conn.send(bytes);
    bytes.fill(9);
    conn.ping('beat');
    conn.subscribe('news');
    conn.publish('news', 'flash', { binary: true });
    conn.cork(() => void conn.send('corked'));
    expect(conn.sent.map(({ isBinary, bytes: sent }) => [isBinary, [...sent]])).toEqual([
      [true, [1, 2]],
      [false, [...Buffer.from('corked')]],
    ]);
    expect(conn.pings.map((payload) => Buffer.from(payload).toString())).toEqual(['beat']);
    expect([...conn.topics]).toEqual(['news']);
    expect(
      conn.published.map(({ topic, message }) => [topic, message.isBinary, message.text]),
    ).toEqual([['news', true, 'flash']]);
    expect(conn.corks).toBe(1);
  });

  it('queues for a peer that does not read, and loses messages that do not fit', () => {
    const conn = new FakeConn({ limits: { maxBufferedBytes: 1_024 } });
    conn.stopReading(100);
    const message = new Uint8Array(600);
    const frameBytes = 600 + 4;
    expect(conn.send('x'.repeat(90))).toBe(SendStatus.Sent);
    expect(conn.send(message)).toBe(SendStatus.Buffered);
    expect(conn.bufferedBytes).toBe(92 + frameBytes - 100);
    expect(conn.send(message)).toBe(SendStatus.Buffered);
    expect(conn.send(message)).toBe(SendStatus.Dropped);
    expect(conn.ping()).toBe(SendStatus.Dropped);
    expect([conn.sent.length, conn.lost.length, conn.pings.length]).toEqual([3, 1, 0]);
    conn.resumeReading();
    expect([conn.bufferedBytes, conn.send(message)]).toEqual([0, SendStatus.Sent]);
  });

  it('is cut under the policy close', () => {
    const conn = new FakeConn({ limits: { maxBufferedBytes: 1_024 }, whenBufferFull: 'close' });
    conn.stopReading();
    conn.send(new Uint8Array(2_000));
    expect(conn.state).toBe(ConnState.Open);
    expect(conn.send('one more')).toBe(SendStatus.Dropped);
    expect([conn.state, conn.closedWith, conn.bufferedBytes]).toEqual([
      'closed',
      { code: 1006, reason: '' },
      0,
    ]);
  });

  it('tells how it ended', () => {
    const ends: ((conn: FakeConn) => void)[] = [
      (conn) => conn.end(),
      (conn) => conn.end(4_000, 'enough'),
      (conn) => conn.terminate(),
      (conn) => conn.closeByPeer(1_001, 'bye'),
      (conn) => conn.closeByPeer(),
    ];
    const closes = ends.map((end) => {
      const conn = new FakeConn();
      conn.subscribe('news');
      end(conn);
      conn.end(1_011);
      expect([conn.state, conn.send('late'), conn.isSubscribed('news')]).toEqual([
        'closed',
        'closed',
        false,
      ]);
      return conn.closedWith;
    });
    expect(closes).toEqual([
      { code: 1_000, reason: '' },
      { code: 4_000, reason: 'enough' },
      { code: 1_006, reason: '' },
      { code: 1_001, reason: 'bye' },
      { code: 1_005, reason: '' },
    ]);
  });

  it('refuses misuse as a real connection does', () => {
    const conn = new FakeConn();
    expect(() => conn.end(1_005)).toThrow(coded('HIOLOAD_CLOSE_CODE_INVALID'));
    expect(() => conn.end(1_000, 'x'.repeat(124))).toThrow(coded('HIOLOAD_CLOSE_REASON_TOO_LONG'));
    expect(() => conn.ping(new Uint8Array(126))).toThrow(coded('HIOLOAD_CONTROL_PAYLOAD_TOO_LONG'));
    expect(() => conn.subscribe('')).toThrow(coded('HIOLOAD_TOPIC_INVALID'));
    expect(conn.state).toBe(ConnState.Open);
  });
});

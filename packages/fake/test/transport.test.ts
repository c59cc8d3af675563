// Tests of the fake transport and of its peers.
import { Metric, type TransportOptions } from '@hioload/api';
import { describe, expect, it } from 'vitest';
import {
  FakeClock,
  FakeMetrics,
  type FakePeer,
  FakeTransport,
  fakeTransportOptions,
} from '../src/index.js';

const coded = (code: string): unknown => expect.objectContaining({ code });
const ANYWHERE = { host: '127.0.0.1', port: 0, shared: false };

async function listening(
  options: Parameters<typeof fakeTransportOptions>[0],
  clock = new FakeClock(),
): Promise<FakeTransport> {
  const transport = new FakeTransport(fakeTransportOptions(options), { clock });
  await transport.listen(ANYWHERE);
  return transport;
}

const echo: TransportOptions['handlers'] = { message: (conn, message) => conn.send(message) };

// The contract suite tests the promises of every transport. These tests are for the fake only.
describe('FakeTransport', () => {
  it('finishes all work before a call of a peer returns', async () => {
    const transport = await listening({ handlers: echo });
    const peer = transport.connect();
    expect(peer.state).toBe('open');
    peer.send('hello');
    expect(peer.texts).toEqual(['hello']);
    peer.close(1_000);
    expect([peer.state, peer.closedWith, transport.connectionCount]).toEqual([
      'closed',
      { code: 1_000, reason: '' },
      0,
    ]);
    expect(peer.send('late')).toBe(false);
  });

  it('runs one handler after the other, never one inside another', async () => {
    const calls: string[] = [];
    const others: FakePeer[] = [];
    const transport = await listening({
      handlers: {
        message: (conn, message) => {
          calls.push(`begin ${conn.id}`);
          if (message.text() === 'go') others[0]?.send('nested');
          calls.push(`end ${conn.id}`);
        },
      },
    });
    const peer = transport.connect();
    others.push(transport.connect());
    peer.send('go');
    expect(calls).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2']);
  });

  it('connects a peer of a handler only after the handler has returned', async () => {
    let inner: FakePeer | undefined;
    let stateInside: string | undefined;
    const transport = await listening({
      handlers: {
        message: () => {
          inner = transport.connect();
          stateInside = inner.state;
        },
      },
    });
    transport.connect().send('go');
    expect([stateInside, inner?.state]).toEqual(['connecting', 'open']);
  });

  it('waits for an asynchronous hook, and for nothing else', async () => {
    const transport = await listening({
      handlers: { upgrade: async ({ query }) => ({ status: 101, data: query }) },
    });
    const peer = transport.connect({ path: '/?a' });
    expect(peer.state).toBe('connecting');
    expect(() => peer.send('early')).toThrow(coded('HIOLOAD_STATE'));
    await peer.settled;
    expect([peer.state, peer.conn?.data]).toEqual(['open', 'a']);
  });

  it('tells a peer that it cannot be reached', async () => {
    const transport = await listening({});
    const connected = transport.connect();
    transport.stopListening();
    const late = transport.connect();
    await late.settled;
    expect([connected.state, late.state]).toEqual(['open', 'unreachable']);
    expect(() => late.send('x')).toThrow(coded('HIOLOAD_STATE'));
  });

  it('cuts a connection silent for the idle timeout, but not one that answers pings', async () => {
    const clock = new FakeClock();
    const metrics = new FakeMetrics();
    const transport = await listening(
      { handlers: echo, metrics, limits: { idleTimeoutSeconds: 10 } },
      clock,
    );
    const [alive, silent, deaf, talking] = [1, 2, 3, 4].map(() => transport.connect());
    silent!.answersPings = false;
    deaf!.stopReading();
    talking!.answersPings = false;
    clock.advance(9_000);
    talking!.send('still here');
    clock.advance(1_000);
    expect([alive, silent, deaf, talking].map((peer) => peer?.state)).toEqual([
      'open',
      'closed',
      'closed',
      'open',
    ]);
    expect(silent!.closedWith?.code).toBe(1_006);
    clock.advance(8_999);
    expect(talking!.state).toBe('open');
    clock.advance(1);
    expect([alive!.state, talking!.state]).toEqual(['open', 'closed']);
    clock.advance(3_600_000);
    expect(alive!.state).toBe('open');
    expect(metrics.read(Metric.Connections)).toBe(1);
    transport.close();
    expect(clock.pending).toBe(0);
  });

  it('leaves silent connections alone if the idle timeout is off', async () => {
    const clock = new FakeClock();
    const transport = await listening({ limits: { idleTimeoutSeconds: 0 } }, clock);
    const peer = transport.connect();
    peer.answersPings = false;
    clock.advance(10_000_000);
    expect(peer.state).toBe('open');
  });

  it('sends as much as the kernel takes to a peer that does not read, then buffers', async () => {
    const transport = await listening({});
    const peer = transport.connect();
    peer.stopReading(10);
    expect([peer.conn!.send('1234567'), peer.conn!.send('8')]).toEqual(['sent', 'buffered']);
    expect(peer.received).toEqual([]);
    peer.resumeReading();
    expect(peer.texts).toEqual(['1234567', '8']);
  });

  it('overwrites bytes of a ping that a handler keeps', async () => {
    let kept: Uint8Array | undefined;
    const transport = await listening({
      handlers: {
        ping: (_conn, payload) => {
          kept = payload;
        },
      },
    });
    const peer = transport.connect();
    peer.ping('beat');
    expect(Buffer.from(kept!).toString()).not.toBe('beat');
    expect(peer.receivedPongs.map((payload) => Buffer.from(payload).toString())).toEqual(['beat']);
  });

  it('keeps the faults that it has reported', async () => {
    const mine = new Error('of the application');
    const transport = await listening({
      handlers: {
        message: () => {
          throw mine;
        },
      },
    });
    const peer = transport.connect();
    peer.send('go');
    expect(
      transport.faults.map(({ error, conn }) => [error.code, error.cause, conn === peer.conn]),
    ).toEqual([['HIOLOAD_HANDLER_FAILED', mine, true]]);
    expect(transport.faults[0]!.error.message).toBe(
      'the message hook of connection 1 failed: of the application',
    );
  });

  it('refuses calls that its state does not allow', async () => {
    const transport = await listening({});
    await expect(transport.listen(ANYWHERE)).rejects.toThrow(coded('HIOLOAD_STATE'));
    transport.close();
    await expect(transport.listen(ANYWHERE)).rejects.toThrow(coded('HIOLOAD_STATE'));
    expect(() => transport.forEachConnection(() => undefined)).toThrow(coded('HIOLOAD_STATE'));
    expect(transport.connect().state).toBe('unreachable');
  });

  it('refuses misuse of a peer', async () => {
    const transport = await listening({});
    const peer = transport.connect();
    expect(() => peer.close(1_006)).toThrow(coded('HIOLOAD_CLOSE_CODE_INVALID'));
    expect(() => peer.ping(new Uint8Array(126))).toThrow(coded('HIOLOAD_CONTROL_PAYLOAD_TOO_LONG'));
    expect(peer.state).toBe('open');
  });
});

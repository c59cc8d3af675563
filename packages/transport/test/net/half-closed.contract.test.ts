// Tests that a peer which shuts its sending side still gets what is queued for it.
import type { WebSocketConn } from '@hioload/api';
import { buildTransport, listen } from '@hioload/test-support/servers';
import { eventually } from '@hioload/test-support/waiting';
import { RawClient } from '@hioload/test-support/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { open } from './stage.js';
import { createNetTransport, type NetTransport } from '../../src/net/index.js';

const MESSAGE = Buffer.alloc(65_536, 0x2e);
const MESSAGES = 128;

let transport: NetTransport | undefined;

afterEach(() => {
  transport?.close();
  transport = undefined;
});

describe.each(['handles', 'plain'] as const)('on %s', (sockets) => {
  async function connect() {
    const closes: number[] = [];
    let conn: WebSocketConn | undefined;
    const built = await buildTransport(createNetTransport, {
      sockets,
      limits: { maxBufferedBytes: 2 * MESSAGES * MESSAGE.length },
      handlers: { open: (one) => void (conn = one), close: (_, code) => void closes.push(code) },
    });
    ({ transport } = built);
    const client = await RawClient.open(await listen(built.transport), { allowHalfOpen: true });
    client.socket.pause();
    for (let i = 0; i < MESSAGES; i++) conn!.send(MESSAGE);
    return { client, conn: conn!, closes };
  }

  it('a peer gets all messages that wait, behind its own end', async () => {
    const { client, conn, closes } = await connect();
    expect(conn.bufferedBytes).toBeGreaterThan(0);
    client.socket.end();
    await eventually('the close hook has run', () => closes.length > 0);
    client.socket.resume();
    await client.ended();
    expect([client.frames.length, closes]).toEqual([MESSAGES, [1006]]);
  });
});

describe('a peer that shuts its side and takes nothing', () => {
  it('is cut when the close deadline has passed', async () => {
    const { net, conn, clock } = await open({}, { limits: { closeTimeoutSeconds: 1 } });
    net.isTaking = false;
    conn.send('waits');
    net.end();
    expect([conn.state, net.calls]).toEqual(['closed', ['shutdown']]);
    expect(String(net.writes.at(-1))).toContain('waits');
    clock.advance(1_500);
    expect(net.calls).toEqual(['shutdown', 'abort']);
  });

  it('is let go at once where nothing waits', async () => {
    const { net, conn } = await open();
    net.end();
    expect([conn.state, net.calls]).toEqual(['closed', ['close']]);
  });
});

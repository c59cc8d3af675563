// Cases of the transport contract: the decisions of the upgrade hook.
import { Metric, type UpgradeDecision, type UpgradeRequest } from '@hioload/api';
import { nextTurn } from '@hioload/test-support/waiting';
import { expect } from 'vitest';
import { type CaseGroup, hasReceived, textsOf } from '../scene.js';
import { waysToFail } from './ways-to-fail.js';

const offering = (protocols: string): { readonly headers: Record<string, string> } => ({
  headers: { 'Sec-WebSocket-Protocol': protocols },
});

/** Decisions that cannot be carried out. Applications may be written in JavaScript. */
const BAD_DECISIONS: readonly unknown[] = [
  undefined,
  null,
  'yes',
  {},
  { status: 200 },
  { status: 302 },
  { status: '101' },
  { status: 101, data: 1, protocol: 'not-offered' },
  { status: 101, data: 1, protocol: 'offered\r\nX-Injected: b' },
  { status: 101, data: 1, headers: { 'X-Split': 'a\r\nX-Injected: b' } },
  { status: 101, data: 1, headers: { 'Bad Name': 'a' } },
  { status: 101, data: 1, headers: { 'Sec-WebSocket-Accept': 'forged' } },
  { status: 403, headers: { 'X-Split': 'a\nb' } },
];

export const upgradeCases: CaseGroup = {
  'shows the hook path, query, headers, protocols and address': async (scene) => {
    let request: UpgradeRequest | undefined;
    const server = await scene.serve(
      {
        upgrade: (asked) => {
          request = asked;
          return { status: 101, data: undefined, protocol: 'b' };
        },
      },
      { path: '/*' },
    );
    await server.connect({
      path: '/some%20path?a=1&b=?',
      protocols: ['a', 'b'],
      headers: { 'X-Token': 'Secret', Host: 'chat.example' },
    });
    expect(request).toMatchObject({
      path: '/some%20path',
      query: 'a=1&b=?',
      protocols: ['a', 'b'],
      remoteAddress: '127.0.0.1',
    });
    expect(request!.headers.get('x-token')).toBe('Secret');
    expect(request!.headers.get('host')).toBe('chat.example');
    expect(request!.headers.get('upgrade')?.toLowerCase()).toBe('websocket');
    expect(request!.signal.aborted).toBe(false);
  },

  'keeps the request readable across an await': async (scene) => {
    let seen: unknown;
    const server = await scene.serve({
      async upgrade(request) {
        await nextTurn();
        seen = [request.path, request.query, request.headers.get('x-token'), request.remoteAddress];
        return { status: 101, data: undefined };
      },
    });
    await server.connect({ path: '/?a', headers: { 'x-token': 'secret' } });
    expect(seen).toEqual(['/', 'a', 'secret', '127.0.0.1']);
  },

  'attaches the data of the hook': async (scene) => {
    const data = { user: 'ada' };
    const server = await scene.serve({ upgrade: () => ({ status: 101, data }) });
    const { conn } = await server.connectBoth();
    expect(conn.data).toBe(data);
  },

  'accepts later, and loses nothing that the peer sends at once': async (scene) => {
    const server = await scene.serve({
      async upgrade() {
        await nextTurn();
        return { status: 101, data: 'later' };
      },
      open: (conn) => void conn.send(`welcome, ${String(conn.data)}`),
      message: (conn, message) => void conn.send(message),
    });
    const peer = await server.connect();
    peer.send('hello');
    await hasReceived(peer, 2);
    expect(textsOf(peer)).toEqual(['welcome, later', 'hello']);
  },

  'answers with the header fields of the hook': async (scene) => {
    const server = await scene.serve({
      upgrade: () => ({
        status: 101,
        data: undefined,
        headers: { 'X-Server': 'r1', 'Set-Cookie': 'a=b' },
      }),
    });
    const peer = await server.connect();
    expect(peer.headers.get('x-server')).toBe('r1');
    expect(peer.headers.get('set-cookie')).toBe('a=b');
  },

  'refuses with status, reason and header fields of the hook': async (scene) => {
    let decision: UpgradeDecision<unknown> = {
      status: 401,
      reason: 'No token.',
      headers: { 'X-Why': 'token' },
    };
    const server = await scene.serve({ upgrade: () => decision });
    const refusal = await server.refusal();
    expect([refusal.status, refusal.body, refusal.headers.get('x-why')]).toEqual([
      401,
      'No token.',
      'token',
    ]);
    for (const status of [400, 401, 402, 403, 404, 409, 410, 421, 429, 500, 503] as const) {
      decision = { status };
      const bare = await server.refusal();
      expect(bare.status).toBe(status);
      expect(bare.body).not.toBe('');
    }
    expect(server.metrics.read(Metric.RejectedByApp)).toBe(12);
    expect([server.opened.length, server.admission.booked, server.faults.length]).toEqual([
      0, 0, 0,
    ]);
  },

  'accepts later with data, a protocol and header fields': async (scene) => {
    const server = await scene.serve({
      async upgrade() {
        await nextTurn();
        return { status: 101, data: { user: 7 }, protocol: 'y', headers: { 'Set-Cookie': 'a=b' } };
      },
    });
    const { peer, conn } = await server.connectBoth({ protocols: ['x', 'y'] });
    expect([peer.protocol, peer.headers.get('set-cookie')]).toEqual(['y', 'a=b']);
    expect(conn).toMatchObject({ data: { user: 7 }, protocol: 'y', remoteAddress: '127.0.0.1' });
  },

  'refuses later': async (scene) => {
    const server = await scene.serve({
      async upgrade() {
        await nextTurn();
        return { status: 403, reason: 'Not you.', headers: { 'X-Why': 'you' } };
      },
    });
    const refusal = await server.refusal();
    expect(refusal).toMatchObject({ status: 403, body: 'Not you.' });
    expect(refusal.headers.get('x-why')).toBe('you');
    expect(server.faults).toEqual([]);
    expect([server.metrics.read(Metric.RejectedByApp), server.admission.booked]).toEqual([1, 0]);
  },

  'chooses the first protocol of the application that the client offers': async (scene) => {
    const server = await scene.serve({}, { protocols: ['v3', 'v2', 'v1'] });
    const { peer, conn } = await server.connectBoth({ protocols: ['v1', 'v2', 'v9'] });
    expect([peer.protocol, conn.protocol]).toEqual(['v2', 'v2']);
  },

  'chooses no protocol if none fits or none is offered': async (scene) => {
    const server = await scene.serve({}, { protocols: ['v1'] });
    for (const options of [{}, offering('v8, v9')]) {
      const { peer, conn } = await server.connectBoth(options);
      expect([peer.protocol, conn.protocol]).toEqual(['', '']);
    }
  },

  'lets the hook choose among what the client offers': async (scene) => {
    const server = await scene.serve(
      {
        upgrade: (request) => ({
          status: 101,
          data: undefined,
          protocol: request.protocols.at(-1)!,
        }),
      },
      { protocols: ['v1'] },
    );
    const { peer, conn } = await server.connectBoth({ protocols: ['v1', 'v9'] });
    expect([peer.protocol, conn.protocol]).toEqual(['v9', 'v9']);
  },

  'uses the list of protocols if the hook chooses none': async (scene) => {
    const server = await scene.serve(
      { upgrade: () => ({ status: 101, data: 1 }) },
      { protocols: ['v2', 'v1'] },
    );
    expect((await server.connect({ protocols: ['v1'] })).protocol).toBe('v1');
  },

  'answers 500 if the hook fails in any way, and reports the fault': async (scene) => {
    const mine = new Error('no database');
    let fail: () => unknown;
    const server = await scene.serve({ upgrade: () => fail() as UpgradeDecision<unknown> });
    const ways = Object.entries(waysToFail(mine));
    for (const [way, wayToFail] of ways) {
      fail = wayToFail;
      const { status, body } = await server.refusal();
      expect([way, status]).toEqual([way, 500]);
      expect(body).not.toContain('database');
    }
    const told = { code: 'HIOLOAD_HANDLER_FAILED', cause: mine, conn: undefined, state: undefined };
    expect(server.faults).toMatchObject(ways.map(() => told));
    expect(server.metrics.read(Metric.HandlerFaults)).toBe(ways.length);
    expect(server.metrics.read(Metric.RejectedFault)).toBe(ways.length);
    expect([server.opened.length, server.admission.booked]).toEqual([0, 0]);
    fail = () => ({ status: 101, data: undefined });
    await server.connect();
  },

  'answers 500 to an invalid decision, and reports the fault': async (scene) => {
    let decision: unknown;
    const server = await scene.serve({ upgrade: () => decision as UpgradeDecision<unknown> });
    for (decision of BAD_DECISIONS) {
      const outcome = await server.knock({ protocols: ['offered'] }).outcome;
      expect([decision, outcome]).toEqual([
        decision,
        expect.objectContaining({ kind: 'refused', status: 500 }),
      ]);
    }
    const told = expect.objectContaining({ code: 'HIOLOAD_UPGRADE_INVALID', conn: undefined });
    expect(server.faults).toEqual(BAD_DECISIONS.map(() => told));
    expect(server.metrics.read(Metric.RejectedFault)).toBe(BAD_DECISIONS.length);
    expect(server.metrics.read(Metric.HandlerFaults)).toBe(BAD_DECISIONS.length);
    expect([server.opened.length, server.admission.booked]).toEqual([0, 0]);
    // It serves on.
    decision = { status: 101, data: undefined };
    await server.connect();
  },
};

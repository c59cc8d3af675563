// Cases of the transport contract: slips of an application that may cost one connection at most.
import type { ConnectionHandlers, IncomingMessage, WebSocketConn } from '@hioload/api';
import { eventually, nextTurn } from '@hioload/test-support/waiting';
import { expect } from 'vitest';
import {
  type CaseGroup,
  closeOf,
  type ContractCase,
  hasReceived,
  type Scene,
  type Server,
  textsOf,
} from '../scene.js';

const mine = new Error('of the application');

/** What an application can do to the object of its connection. */
const MILD_HARM: Readonly<Record<string, (conn: WebSocketConn) => unknown>> = {
  'freezes its connection': (conn) => Object.freeze(conn),
  'seals its connection': (conn) => Object.seal(conn),
};

/** Expects that a new connection is echoed to, and closed in order. */
async function servesOthers(server: Server): Promise<void> {
  const peer = await server.connect({ path: '/other' });
  peer.send('unharmed');
  await hasReceived(peer, 1);
  expect(textsOf(peer)).toEqual(['unharmed']);
  peer.close(1000);
  expect((await closeOf(peer)).code).toBe(1000);
  await eventually('the server holds no connection', () => server.transport.connectionCount === 0);
  expect(server.admission.booked).toBe(0);
}

/** A server that echoes, and runs `slip` in the message hook for the text `slip`. */
function serveSlip(
  scene: Scene,
  slip: (conn: WebSocketConn, message: IncomingMessage) => unknown,
): Promise<Server> {
  return scene.serve(
    {
      message: (conn, message) => {
        if (message.text() === 'slip') return slip(conn, message);
        conn.send(message);
        return undefined;
      },
    },
    { path: '/*' },
  );
}

/** The connection ends in order, or with 1011, after its object was harmed. */
export const survives = (
  harm: (conn: WebSocketConn) => unknown,
  isThrowing: boolean,
): ContractCase => {
  return async (scene) => {
    const closes: unknown[] = [];
    const server = await scene.serve(
      {
        message: (conn, message) => {
          if (message.text() !== 'slip') return void conn.send(message);
          conn.subscribe('room');
          harm(conn);
          if (isThrowing) throw mine;
        },
        close: (_conn, code) => void closes.push(code),
      },
      { path: '/*' },
    );
    const peer = await server.connect();
    peer.send('slip');
    server.transport.publish('room', 'published');
    await nextTurn();
    peer.close(4000);
    const { code } = await closeOf(peer);
    expect(isThrowing ? [1011] : [4000, 1011]).toContain(code);
    await eventually('the close hook has run', () => closes.length > 0);
    expect(closes).toEqual([code]);
    expect(server.faults).toHaveLength(isThrowing ? 1 : 0);
    await servesOthers(server);
  };
};

type Done = (outcome: unknown) => void;

const thenable = (then: unknown): unknown => ({ then });
/** Acts like a promise that resolves with `outcome` at once. */
const resolving = (outcome: unknown): unknown => thenable((done: Done) => done(outcome));

/** What a hook can return that looks like a promise and is none; true where that is a failure. */
const RETURNS: Readonly<Record<string, readonly [make: () => unknown, isFault: boolean]>> = {
  'whose then returns a rejected promise': [() => thenable(() => Promise.reject(mine)), true],
  'whose then is an async function that throws': [
    () =>
      thenable(async () => {
        throw mine;
      }),
    true,
  ],
  'whose then throws': [
    () =>
      thenable(() => {
        throw mine;
      }),
    true,
  ],
  'with a getter of then that throws': [
    () => ({
      get then() {
        throw mine;
      },
    }),
    true,
  ],
  'that rejects twice': [
    () =>
      thenable((_done: unknown, failed: (error: Error) => void) => {
        failed(mine);
        failed(mine);
      }),
    true,
  ],
  'that resolves, and rejects then': [
    () =>
      thenable((done: () => void, failed: (error: Error) => void) => {
        done();
        failed(mine);
        return Promise.reject(mine);
      }),
    false,
  ],
  'that never calls back': [() => thenable(() => undefined), false],
  'that is a function': [
    () => Object.assign(() => undefined, { then: () => Promise.reject(mine) }),
    true,
  ],
  'that is a promise with a then of its own': [
    () => Object.assign(Promise.resolve(), { then: () => Promise.reject(mine) }),
    false,
  ],
  'that is a promise which rejects, with a then of its own': [
    () => Object.assign(Promise.reject(mine), { then: () => undefined }),
    true,
  ],
  'that is a proxy whose every trap throws': [
    () =>
      new Proxy(
        {},
        {
          get() {
            throw mine;
          },
          has() {
            throw mine;
          },
        },
      ),
    true,
  ],
  'that is a revoked proxy': [
    () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
    true,
  ],
  'whose then returns another one, which rejects': [
    () => thenable(() => thenable(() => Promise.reject(mine))),
    true,
  ],
  'that resolves with a rejected promise': [() => resolving(Promise.reject(mine)), true],
  'that resolves with a rejected promise in a later turn': [
    () => thenable((done: Done) => void setImmediate(() => done(Promise.reject(mine)))),
    true,
  ],
  'that leads to a rejected promise over many others': [
    () => {
      let last: unknown = Promise.reject(mine);
      for (let level = 0; level < 100; level++) last = resolving(last);
      return last;
    },
    true,
  ],
  'that resolves with one whose getter of then throws': [
    () =>
      resolving({
        get then() {
          throw mine;
        },
      }),
    true,
  ],
  'that resolves with a promise that is fulfilled': [
    () => resolving(Promise.resolve(resolving('fine'))),
    false,
  ],
  'that resolves, and then resolves with a rejected promise': [
    () =>
      thenable((done: Done) => {
        done('fine');
        done(Promise.reject(mine));
      }),
    false,
  ],
  'that rejects with a rejected promise': [
    () => thenable((_done: Done, failed: Done) => failed(Promise.reject(mine))),
    true,
  ],
  'that resolves with itself': [
    () => {
      const itself = { then: (done: Done) => done(itself) };
      return itself;
    },
    true,
  ],
  'that resolves with itself in a later turn': [
    () => {
      const itself = { then: (done: Done) => void setImmediate(() => done(itself)) };
      return itself;
    },
    true,
  ],
  'that resolves with another one without an end': [
    () => {
      const endless = (): unknown => thenable((done: Done) => done(endless()));
      return endless();
    },
    true,
  ],
};

/** A value that a message hook returns costs its connection, or nothing. */
const returning = (make: (conn: WebSocketConn) => unknown, isFault: boolean): ContractCase => {
  return async (scene) => {
    const server = await serveSlip(scene, make);
    const peer = await server.connect();
    peer.send('slip');
    if (!isFault) {
      await nextTurn();
      peer.send('goes on');
      await hasReceived(peer, 1);
      peer.close(1000);
    }
    expect((await closeOf(peer)).code).toBe(isFault ? 1011 : 1000);
    await nextTurn();
    expect(server.faults).toHaveLength(isFault ? 1 : 0);
    await servesOthers(server);
  };
};

/** A decision of an upgrade hook that looks like a promise costs its handshake. */
const deciding = (make: () => unknown): ContractCase => {
  return async (scene) => {
    const server = await scene.serve(
      {
        upgrade: ({ path }) =>
          path === '/slip' ? (make() as never) : { status: 101, data: undefined },
        message: (conn, message) => conn.send(message),
      },
      { path: '/*' },
    );
    expect((await server.refusal({ path: '/slip' })).status).toBe(500);
    await nextTurn();
    expect(server.faults).toHaveLength(1);
    await servesOthers(server);
  };
};

/** A slip in each hook that gets a connection, with a value that acts like a promise. */
const HOOKS: Readonly<Record<string, (server: Server) => Promise<unknown>>> = {
  open: async (server) => closeOf(await server.connect()),
  ping: async (server) => {
    const peer = await server.connect();
    peer.ping(Buffer.from('slip'));
    return closeOf(peer);
  },
  pong: async (server) => {
    const peer = await server.connect();
    peer.pong(Buffer.from('slip'));
    return closeOf(peer);
  },
  close: async (server) => {
    const peer = await server.connect();
    peer.close(1000);
    return closeOf(peer);
  },
};

const slippingIn = (hook: keyof typeof HOOKS): ContractCase => {
  return async (scene) => {
    let isDone = false;
    const handlers: ConnectionHandlers = {
      message: (conn, message) => conn.send(message),
      [hook]: (conn: WebSocketConn) => {
        if (isDone) return undefined;
        isDone = true;
        Object.freeze(conn);
        return thenable(() => Promise.reject(mine));
      },
    };
    const server = await scene.serve(handlers, { path: '/*' });
    const closed = await HOOKS[hook]!(server);
    if (hook !== 'close') expect(closed).toMatchObject({ code: 1011 });
    await eventually('the fault was told', () => server.faults.length > 0);
    expect(server.faults.map(({ cause }) => cause)).toEqual([mine]);
    await servesOthers(server);
  };
};

const FAULTY = Object.entries(RETURNS).filter(([, [, isFault]]) => isFault);

export const slipCases: CaseGroup = {
  ...Object.fromEntries(
    Object.entries(MILD_HARM).flatMap(([what, harm]) => [
      [`survives a hook that ${what}`, survives(harm, false)],
      [`survives a hook that ${what} and throws`, survives(harm, true)],
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(RETURNS).map(([what, [make, isFault]]) => [
      `takes a hook's return value ${what}`,
      returning(make, isFault),
    ]),
  ),
  ...Object.fromEntries(
    FAULTY.map(([what, [make]]) => [`answers 500 to a decision ${what}`, deciding(make)]),
  ),
  ...Object.fromEntries(
    Object.keys(HOOKS).map((hook) => [
      `survives a ${hook} hook that freezes and rejects`,
      slippingIn(hook),
    ]),
  ),

  ...Object.fromEntries(
    FAULTY.map(([what, [make]]) => [
      `takes what the work in a cork returns ${what}`,
      returning((conn) => conn.cork(make), true),
    ]),
  ),

  'closes a connection whose work in a cork is async and throws': async (scene) => {
    const server = await serveSlip(scene, (conn) =>
      conn.cork(async () => {
        await nextTurn();
        throw mine;
      }),
    );
    const peer = await server.connect();
    peer.send('slip');
    expect((await closeOf(peer)).code).toBe(1011);
    expect(server.faults.map(({ cause }) => cause)).toEqual([mine]);
    await servesOthers(server);
  },

  'refuses a cork without a function, and names what came': async (scene) => {
    const errors: unknown[] = [];
    const server = await serveSlip(scene, (conn) => {
      for (const work of [null, 5, undefined, Promise.resolve()]) {
        try {
          conn.cork(work as never);
        } catch (error) {
          errors.push(error);
        }
      }
      conn.send('goes on');
    });
    const peer = await server.connect();
    peer.send('slip');
    await hasReceived(peer, 1);
    const shown = ['null', 'the number 5', 'undefined', 'an object of the class Promise'];
    expect(errors).toMatchObject(
      shown.map((got) => ({
        code: 'HIOLOAD_OPTION_INVALID',
        message: `the work of cork must be a function; got ${got}`,
      })),
    );
    peer.close(1000);
    await closeOf(peer);
    await servesOthers(server);
  },

  'lets no hook leave anything on a message for the next one': async (scene) => {
    const seen: unknown[] = [];
    const server = await serveSlip(scene, (_conn, message) => {
      seen.push(Reflect.set(message, 'secret', 'of another'));
      seen.push(Reflect.defineProperty(message, 'text', { value: () => 'forged' }));
      seen.push(Reflect.setPrototypeOf(message, null));
      Object.freeze(message);
    });
    const peer = await server.connect();
    peer.send('slip');
    await eventually('the hook has run', () => seen.length === 3);
    expect(seen).toEqual([false, false, false]);
    peer.close(1000);
    await closeOf(peer);
    await servesOthers(server);
  },

  'serves with handlers and an upgrade request that are frozen': async (scene) => {
    const server = await scene.serve(
      Object.freeze<ConnectionHandlers>({
        upgrade: (request) => {
          Object.freeze(request);
          (request.headers as Map<string, string>).clear();
          return Object.freeze({ status: 101, data: Object.freeze({}) });
        },
        message: (conn, message) => conn.send(message),
      }),
      { path: '/*' },
    );
    await servesOthers(server);
  },

  'tells of an async hook that rejects after its connection was frozen and cut': async (scene) => {
    const server = await serveSlip(scene, async (conn) => {
      Object.freeze(conn);
      conn.terminate();
      await nextTurn();
      throw mine;
    });
    const peer = await server.connect();
    peer.send('slip');
    expect((await closeOf(peer)).code).toBe(1006);
    await eventually('the fault was told', () => server.faults.length > 0);
    expect(server.faults.map(({ cause }) => cause)).toEqual([mine]);
    await servesOthers(server);
  },
};

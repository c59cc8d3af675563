// Has every hook do anything to any connection, while clients write, stall, reset and leave at
// random, and says what is left in the end. What it proves is that the process lives: sockets are
// closed and topics changed in every callback.
import type { BufferFullPolicy, WebSocketConn } from '@hioload/api';
import { frame, head, Op, RawClient } from '@hioload/test-support/wire';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { serve, type TestServer } from '../support/server.js';

/**
 * How many connections are opened before it is over: work and not time, which a busy machine has
 * less of.
 */
const OPENED = 120;
const CLIENTS = 40;
const TOPICS = ['a', 'b', 'c'];
const PAYLOADS = [
  'x',
  'y'.repeat(300),
  Buffer.alloc(5_000),
  Buffer.alloc(40_000),
  new SharedArrayBuffer(100),
];

let seed = Number(process.env['SEED']);

/** A number from 0 to below `end`, the same ones for the same seed. */
function below(end: number): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
  return (seed >>> 8) % end;
}

const anyOf = <T>(items: readonly T[]): T => items[below(items.length)]!;

let server: TestServer;
const conns: WebSocketConn[] = [];

const DEEDS: readonly ((conn: WebSocketConn) => unknown)[] = [
  (conn) => conn.send(anyOf(PAYLOADS)),
  (conn) => conn.ping('p'),
  (conn) => conn.subscribe(anyOf(TOPICS)),
  (conn) => conn.unsubscribe(anyOf(TOPICS)),
  (conn) => conn.publish(anyOf(TOPICS), anyOf(PAYLOADS)),
  () => server.transport.publish(anyOf(TOPICS), anyOf(PAYLOADS)),
  () => {
    for (let i = 0; i < 40; i++) server.transport.publish(anyOf(TOPICS), anyOf(PAYLOADS));
  },
  (conn) => conn.cork(() => DEEDS[below(6)]!(conn)),
  (conn) => below(6) === 0 && conn.end(4_000, 'enough'),
  (conn) => below(6) === 0 && conn.terminate(),
  (conn) => void (below(3) === 0 && setImmediate(() => DEEDS[below(10)]!(conn))),
];

/** Does something to the connection or to any other, and fails now and then. */
function act(conn: WebSocketConn): unknown {
  for (let i = below(3); i >= 0; i--) anyOf(DEEDS)(below(3) === 0 ? anyOf([conn, ...conns]) : conn);
  const ending = below(100);
  if (ending === 0) throw new Error('thrown');
  return ending === 1 ? Promise.reject(new Error('rejected')) : undefined;
}

/** Does something as a client. */
function stir(client: RawClient): void {
  const { socket } = client;
  const deed = below(40);
  if (deed === 0) socket.destroy();
  else if (deed === 1) socket.resetAndDestroy();
  else if (deed === 2) client.write(frame(Op.Close));
  else if (deed === 3) client.write(frame(3, 'no such opcode'));
  else if (deed < 8) socket.pause();
  else if (deed < 14) socket.resume();
  else if (deed < 18) client.write(frame(anyOf([Op.Ping, Op.Pong]), 'p'));
  else client.write(frame(Op.Text, 'z'.repeat(below(3_000))));
}

async function storm(whenBufferFull: BufferFullPolicy): Promise<void> {
  let opened = 0;
  let closed = 0;
  server = await serve(
    {
      upgrade() {
        const accept = { status: 101, data: undefined } as const;
        return anyOf([
          { status: 403 } as const,
          accept,
          accept,
          delay(below(20)).then(() => accept),
        ]);
      },
      open(conn) {
        opened++;
        conns.push(conn);
        return act(conn);
      },
      message: act,
      drain: act,
      dropped: act,
      ping: act,
      pong: act,
      close(conn) {
        closed++;
        conns.splice(conns.indexOf(conn), 1);
        return act(conn);
      },
    },
    { whenBufferFull, limits: { maxBufferedBytes: 20_000 } },
  );
  let clients: RawClient[] = [];
  for (; opened < OPENED; await turn()) {
    clients = clients.filter((client) => !client.isEnded);
    while (clients.length < CLIENTS) {
      const client = new RawClient(server.port);
      client.write(head());
      clients.push(client);
    }
    clients.forEach(stir);
  }
  server.transport.close();
  for (const client of clients) client.destroy();
  const left =
    server.transport.connectionCount + conns.length + server.booked.length + (opened - closed);
  console.log(`${whenBufferFull}: ${left} left`);
}

await storm('drop');
await storm('close');
process.exit(0);

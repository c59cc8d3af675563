// Tests of the clients that hold idle connections.
import type { Socket } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { IdleCrowd } from '../src/load/idle-crowd.js';
import { startFrameServer, type OnFrames } from './frame-server.js';

const DEADLINE_MS = 10_000;
const PING = Buffer.from('890568656c6c6f', 'hex');

/** Starts a server that does something to each new connection, and three idle clients. */
async function crowdOf(
  onOpen: (socket: Socket) => void,
  onFrames: OnFrames = () => {},
): Promise<IdleCrowd> {
  const server = await startFrameServer(onFrames, '101 Switching', onOpen);
  onTestFinished(() => server.close());
  const crowd = new IdleCrowd({ host: '127.0.0.1', port: server.port, path: '/' });
  onTestFinished(() => crowd.close());
  return crowd;
}

describe('IdleCrowd', () => {
  it('grows to the requested number, and keeps it', async () => {
    let opened = 0;
    const crowd = await crowdOf(() => (opened += 1));
    await crowd.grow(3, DEADLINE_MS);
    expect(opened).toBe(3);
    await crowd.grow(250, DEADLINE_MS);
    expect(opened).toBe(250);
    await crowd.stay(50);
    expect(crowd.pings).toBe(0);
  });

  it('answers each ping with its payload', async () => {
    const sockets: Socket[] = [];
    const answers: Buffer[] = [];
    const crowd = await crowdOf(
      (socket) => sockets.push(socket),
      (frames) => answers.push(...frames),
    );
    await crowd.grow(2, DEADLINE_MS);
    const answered = Promise.all(sockets.map((socket) => once(socket, 'data')));
    for (const socket of sockets) socket.write(PING);
    await answered;
    expect(answers.map((frame) => frame.toString('hex'))).toEqual(Array(2).fill('8a0568656c6c6f'));
    expect(crowd.pings).toBe(2);
  });

  it.each<[string, (socket: Socket) => void, RegExp]>([
    ['is closed', (socket) => socket.end(), /connection \d: closed by the server/],
    [
      'is sent a message',
      (socket) => socket.write(Buffer.from('820141', 'hex')),
      /connection \d: got 820141, which/,
    ],
    [
      'is sent half a ping',
      (socket) => socket.write(PING.subarray(0, 4)),
      /connection \d: got 89056865, which is no ping/,
    ],
  ])('fails where a connection %s', async (_, wrong, said) => {
    const sockets: Socket[] = [];
    const crowd = await crowdOf((socket) => sockets.push(socket));
    await crowd.grow(3, DEADLINE_MS);
    wrong(sockets[1]!);
    await expect(crowd.stay(DEADLINE_MS)).rejects.toThrow(said);
  });
});

// Tests of rooms: joining, leaving, and saying something, on several reactors.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Client, pass, startNodes } from './cluster.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const said = (name: string, text: string, reactor: number): object => ({
  type: 'said',
  room: 'lobby',
  name,
  text,
  reactor,
});

describe('rooms', () => {
  it('welcome a connection with its tenant and reactor', async () => {
    const { nodes } = await startNodes(2);
    const client = new Client(nodes[1]!, 'acme');
    expect(client.news()).toEqual([{ type: 'welcome', tenant: 'acme', reactor: 1, reactors: 2 }]);
  });

  it('carry each message to every member on all reactors, and to nobody else', async () => {
    const { nodes } = await startNodes(2);
    const [ada, bob, eve, outsider] = [nodes[0]!, nodes[0]!, nodes[1]!, nodes[1]!].map(
      (node) => new Client(node),
    );
    for (const [client, name] of [
      [ada, 'Ada'],
      [bob, 'Bob'],
      [eve, 'Eve'],
    ] as const)
      client!.join('lobby', name);
    outsider!.join('elsewhere');
    for (const client of [ada, bob, eve, outsider]) client!.news();
    ada!.tell({ type: 'say', room: 'lobby', text: 'hello' });
    eve!.tell({ type: 'say', room: 'lobby', text: 'hi' });
    for (const client of [ada, bob, eve]) {
      expect(client!.news()).toEqual([said('Ada', 'hello', 0), said('Eve', 'hi', 1)]);
    }
    expect(outsider!.news()).toEqual([]);
    for (const node of nodes) expect(node.faults).toEqual([]);
  });

  it('belong to one tenant only', async () => {
    const { nodes } = await startNodes(2);
    const [ours, theirs] = [new Client(nodes[0]!, 'acme'), new Client(nodes[1]!, 'rival')];
    ours.join('lobby');
    theirs.join('lobby');
    pass(500);
    expect([ours.people('lobby'), theirs.people('lobby')]).toEqual([1, 1]);
    theirs.news();
    ours.say('lobby', 'a secret');
    expect(theirs.news()).toEqual([]);
  });

  it('send nothing to a member who has left', async () => {
    const { nodes } = await startNodes(1);
    const [ada, bob] = [new Client(nodes[0]!), new Client(nodes[0]!)];
    ada.join('lobby');
    bob.join('lobby');
    bob.news();
    expect(bob.ask({ type: 'leave', room: 'lobby' })).toEqual([{ type: 'left', room: 'lobby' }]);
    ada.say('lobby', 'anybody there?');
    pass(1_000);
    expect(bob.news()).toEqual([]);
    expect(bob.say('lobby', 'hello', { ref: 7 })).toEqual([
      { type: 'error', code: 'not-in-room', message: 'not in room lobby; join it first', ref: 7 },
    ]);
    expect(bob.ask({ type: 'leave', room: 'lobby' })).toMatchObject([{ code: 'not-in-room' }]);
  });

  it('take a new name from a member who joins again, and count the member once', async () => {
    const { nodes } = await startNodes(1);
    const ada = new Client(nodes[0]!);
    ada.join('lobby', 'Ada');
    expect(ada.join('lobby', 'Countess')).toEqual([{ type: 'joined', room: 'lobby', people: 1 }]);
    expect(ada.say('lobby', 'hello')).toEqual([said('Countess', 'hello', 0)]);
    ada.ask({ type: 'leave', room: 'lobby' });
    expect(ada.join('lobby')).toEqual([{ type: 'joined', room: 'lobby', people: 1 }]);
  });

  it('are limited for each connection', async () => {
    const { nodes } = await startNodes(1, '{ "*": { "roomsPerConnection": 2 } }');
    const ada = new Client(nodes[0]!);
    ada.join('1');
    ada.join('2');
    expect(ada.join('3').at(-1)).toMatchObject({
      code: 'too-many-rooms',
      message: 'in 2 rooms already; a connection may be in 2',
    });
    ada.ask({ type: 'leave', room: '1' });
    expect(ada.join('3').at(-1)).toMatchObject({ type: 'joined' });
  });

  it('are limited by the subscriptions that the server allows', async () => {
    const { nodes } = await startNodes(1, undefined, { maxSubscriptions: 3 });
    const ada = new Client(nodes[0]!);
    ada.join('1');
    ada.news();
    expect(ada.join('2')).toMatchObject([{ code: 'too-many-rooms' }]);
    expect(ada.join('3', 'Ada', { presence: false })).toMatchObject([
      { type: 'joined', people: 1 },
    ]);
    expect(ada.join('3', 'Ada', { presence: true })).toMatchObject([{ code: 'too-many-rooms' }]);
    expect(ada.say('3', 'still here')).toMatchObject([{ type: 'said' }]);
    expect(ada.say('2', 'hello')).toMatchObject([{ code: 'not-in-room' }]);
  });

  it('answer a wrong request with an error, and go on', async () => {
    const { nodes } = await startNodes(1);
    const ada = new Client(nodes[0]!);
    ada.news();
    for (const text of [
      '',
      'hello',
      '{',
      '[]',
      'null',
      '7',
      '{}',
      '{"type":"__proto__"}',
      '"x"',
      '{"type":"join"}',
    ]) {
      ada.peer.send(text);
    }
    ada.peer.send(new Uint8Array(8));
    const codes = ada.news().map((reply) => 'code' in reply && reply.code);
    const [json, request] = ['bad-json', 'bad-request'];
    expect(codes).toEqual([
      json,
      json,
      json,
      request,
      request,
      request,
      request,
      request,
      request,
      request,
      'binary',
    ]);
    expect(ada.peer.state).toBe('open');
    expect(nodes[0]!.faults).toEqual([]);
    expect(ada.join('lobby')).toMatchObject([{ type: 'joined' }]);
  });
});

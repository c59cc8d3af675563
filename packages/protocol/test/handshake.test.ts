// Tests of the check of opening handshakes.
import { describe, expect, it } from 'vitest';
import { checkHandshake, HANDSHAKE_REFUSALS, HandshakeFault } from '../src/index.js';

const GOOD = {
  host: 'example.com',
  upgrade: 'websocket',
  connection: 'Upgrade',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

function check(changes: Readonly<Record<string, string | undefined>> = {}, method = 'GET') {
  const fields = Object.entries({ ...GOOD, ...changes }).filter(
    (field): field is [string, string] => field[1] !== undefined,
  );
  return checkHandshake(method, new Map(fields));
}

describe('checkHandshake', () => {
  it('takes the handshake of RFC 6455 section 1.2', () => {
    const protocols = 'chat, superchat';
    expect(check({ origin: 'http://example.com', 'sec-websocket-protocol': protocols })).toEqual({
      ok: true,
      key: GOOD['sec-websocket-key'],
      host: GOOD.host,
      protocols: ['chat', 'superchat'],
    });
  });

  it.each([
    ['a list in the order of browsers', { connection: 'keep-alive, Upgrade' }],
    ['any letter case', { upgrade: 'WebSocket', connection: 'UPGRADE' }],
    ['several upgrades', { upgrade: 'h2c, websocket' }],
    ['a body of no bytes', { 'content-length': '0' }],
    ['a host with a port', { host: '[::1]:8080' }],
  ])('takes %s', (_, changes) => {
    expect(check(changes)).toMatchObject({ ok: true });
  });

  it.each([
    ['a POST', HandshakeFault.Method, {}, 'POST'],
    ['a method in lower case, which is another one', HandshakeFault.Method, {}, 'get'],
    ['no Upgrade', HandshakeFault.NotAnUpgrade, { upgrade: undefined }],
    ['another Upgrade', HandshakeFault.NotAnUpgrade, { upgrade: 'h2c' }],
    ['no Connection', HandshakeFault.NotAnUpgrade, { connection: undefined }],
    ['a Connection without the token', HandshakeFault.NotAnUpgrade, { connection: 'keep-alive' }],
    ['no Host', HandshakeFault.Host, { host: undefined }],
    ['an empty Host', HandshakeFault.Host, { host: '' }],
    ['two Hosts', HandshakeFault.Host, { host: 'a.example, b.example' }],
    ['a body', HandshakeFault.Body, { 'content-length': '5' }],
    ['two lengths', HandshakeFault.Length, { 'content-length': '0, 5' }],
    ['a body in chunks', HandshakeFault.Body, { 'transfer-encoding': 'chunked' }],
    ['no version', HandshakeFault.Version, { 'sec-websocket-version': undefined }],
    ['version 8', HandshakeFault.Version, { 'sec-websocket-version': '8' }],
    ['two versions', HandshakeFault.Version, { 'sec-websocket-version': '13, 8' }],
    ['no key', HandshakeFault.Key, { 'sec-websocket-key': undefined }],
    ['a key of 15 bytes', HandshakeFault.Key, { 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAA' }],
    ['a key of 17 bytes', HandshakeFault.Key, { 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAAA=' }],
    [
      'a key of 24 characters that are no base64',
      HandshakeFault.Key,
      { 'sec-websocket-key': 'AAAAAAAAAAAA-AAAAAAAAA==' },
    ],
    [
      'a key with three signs of padding',
      HandshakeFault.Key,
      { 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAA===' },
    ],
    ['two keys', HandshakeFault.Key, { 'sec-websocket-key': `${GOOD['sec-websocket-key']}, x` }],
    [
      'a subprotocol that is no token',
      HandshakeFault.Protocols,
      { 'sec-websocket-protocol': 'chat, a b' },
    ],
  ] as const)('refuses %s', (_, fault, changes, method: string = 'GET') => {
    expect(check(changes, method)).toEqual({ ok: false, fault });
  });

  it('has an answer to every fault, and names the version if that is the fault', () => {
    for (const fault of Object.values(HandshakeFault))
      expect(HANDSHAKE_REFUSALS[fault].reason).toMatch(/\.$/);
    expect(HANDSHAKE_REFUSALS[HandshakeFault.Version]).toMatchObject({
      status: 426,
      headers: { 'Sec-WebSocket-Version': '13' },
    });
    expect(HANDSHAKE_REFUSALS[HandshakeFault.Method]).toMatchObject({
      status: 405,
      headers: { Allow: 'GET' },
    });
  });

  it('needs only linear time for a malicious list', () => {
    // A backtracking expression would need hours for this list.
    const list = `${' '.repeat(50_000)},`.repeat(20);
    expect(check({ connection: list, 'sec-websocket-protocol': list })).toEqual({
      ok: false,
      fault: HandshakeFault.NotAnUpgrade,
    });
    expect(check({ 'sec-websocket-protocol': list })).toMatchObject({ ok: true, protocols: [] });
  });
});

import { FakeClock, FakeNetwork, type FakePeer, FakeTransport } from '@hioload/fake';
import type { Transport } from '@hioload/api';
import type { HandshakeOutcome, Knock, KnockOptions, TransportHarness } from '../harness.js';

/** Runs the contract on transports in memory, whose time and network are fakes too. */
export function fakeHarness(): TransportHarness {
  const clock = new FakeClock();
  const network = new FakeNetwork();
  return {
    driver: { knock },
    build: async (options) => new FakeTransport(options, { clock, network }),
    elapse: async (ms) => clock.advance(ms),
    occupyPort: async () => network.claim({ host: '127.0.0.1', port: 0, shared: false }),
    dispose: async () => undefined,
  };
}

function knock(transport: Transport, _port: number, options: KnockOptions): Knock {
  if (!(transport instanceof FakeTransport)) throw new Error('a fake harness drives fake transports only');
  const peer = transport.connect({ path: '/', ...options });
  return {
    outcome: peer.settled.then(outcomeOf),
    abandon: () => peer.vanish(),
  };
}

function outcomeOf(peer: FakePeer): HandshakeOutcome {
  if (peer.refusal !== undefined) return { kind: 'refused', ...peer.refusal };
  return peer.conn === undefined ? { kind: 'unreachable' } : { kind: 'open', peer: toPeer(peer) };
}

function toPeer(peer: FakePeer): Extract<HandshakeOutcome, { kind: 'open' }>['peer'] {
  return {
    protocol: peer.protocol,
    headers: peer.headers,
    received: peer.received,
    pings: peer.receivedPings,
    pongs: peer.receivedPongs,
    get closedWith() {
      return peer.closedWith;
    },
    send: (message) => void peer.send(message),
    ping: (payload) => void peer.ping(payload),
    pong: (payload) => void peer.pong(payload),
    close: (code, reason) => void peer.close(code, reason),
    vanish: () => peer.vanish(),
    stopReading: () => peer.stopReading(),
    resumeReading: () => peer.resumeReading(),
  };
}

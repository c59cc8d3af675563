// Runs the transport contract on transports in memory.
import { FakeClock, FakeNetwork, type FakePeer, FakeTransport } from '@hioload/fake';
import type { Transport } from '@hioload/api';
import type {
  HandshakeOutcome,
  Knock,
  KnockOptions,
  PlainAnswer,
  PlainRequest,
  TransportHarness,
} from '../harness.js';

/** Runs the contract on transports in memory, whose time and network are fakes too. */
export function fakeHarness(): TransportHarness {
  const clock = new FakeClock();
  const network = new FakeNetwork();
  return {
    driver: { knock, request },
    build: async (options) => new FakeTransport(options, { clock, network }),
    elapse: async (ms) => clock.advance(ms),
    occupyPort: async () => network.claim({ host: '127.0.0.1', port: 0, shared: false }),
    dispose: async () => undefined,
  };
}

function knock(transport: Transport, _port: number, options: KnockOptions): Knock {
  const peer = fake(transport).connect({ path: '/', ...options });
  return {
    outcome: peer.settled.then(outcomeOf),
    abandon: () => peer.vanish(),
  };
}

async function request(
  transport: Transport,
  _port: number,
  asked: PlainRequest,
): Promise<PlainAnswer> {
  const answer = fake(transport).request(asked);
  if (answer === undefined) throw new Error('nobody listens');
  return answer;
}

function fake(transport: Transport): FakeTransport {
  if (transport instanceof FakeTransport) return transport;
  throw new Error('a fake harness drives fake transports only');
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

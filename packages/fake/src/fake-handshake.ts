// The opening handshake of the fake transport: asks the upgrade hook and answers the peer.
import {
  AdmissionVerdict,
  follow,
  isHostAllowed,
  isOriginAllowed,
  isThenable,
  Metric,
  type UpgradeAccept,
  type UpgradeDecision,
  type UpgradeRequest,
} from '@hioload/api';
import { STATUS_CODES } from 'node:http';
import { checkDecision } from './check-decision.js';
import type { Hub } from './hub.js';
import type { FakePeer, PeerControls } from './peer.js';
import { type FakeFields, judgeFields, servesPath } from './rules.js';
import { Session } from './session.js';

/** The options of a handshake of a peer. */
export interface FakeConnectOptions {
  /** Path with its query. Default: the path that the server serves. */
  readonly path?: string;
  /** Subprotocols that the client offers, best first. Default: none. */
  readonly protocols?: readonly string[];
  /**
   * More header fields; a list stands for repeated fields. With `origin` the peer is a browser.
   * Default of `host`: `localhost`.
   */
  readonly headers?: FakeFields;
  /** Default: `127.0.0.1`. */
  readonly remoteAddress?: string;
}

const TURNED_AWAY = {
  [AdmissionVerdict.Full]: { status: 503, cell: Metric.RejectedFull },
  [AdmissionVerdict.AddressFull]: { status: 429, cell: Metric.RejectedAddressFull },
  [AdmissionVerdict.TooFast]: { status: 503, cell: Metric.RejectedTooFast },
  [AdmissionVerdict.Draining]: { status: 503, cell: Metric.RejectedDraining },
} as const;

const RETRY = { 'Retry-After': '1' };
const TOO_LATE: Refusal = { status: 503, headers: RETRY };

const ACCEPT_ALL: UpgradeAccept<undefined> = { status: 101, data: undefined };

/** One opening handshake, from the request to the session or the refusal. */
export class FakeHandshake<Data> {
  readonly #hub: Hub<Data>;
  readonly #peer: FakePeer<Data>;
  readonly #controls: PeerControls<Data>;
  readonly #request: UpgradeRequest;
  readonly #isServed: boolean;
  readonly #abort = new AbortController();

  constructor(
    hub: Hub<Data>,
    peer: FakePeer<Data>,
    controls: PeerControls<Data>,
    options: FakeConnectOptions,
  ) {
    this.#hub = hub;
    this.#peer = peer;
    this.#controls = controls;
    const { request, isServed } = requestOf(options, hub.options.path, this.#abort.signal);
    this.#request = request;
    this.#isServed = isServed;
  }

  /** Runs the handshake to its end, or until it waits for an asynchronous hook. */
  begin(): void {
    if (this.#peer.state === 'closed') return;
    const { path, allowedOrigins, admission, handlers } = this.#hub.options;
    const { path: requested, headers, remoteAddress } = this.#request;
    const { allowedHosts, onRefused } = this.#hub.options;
    const host = headers.get('host') ?? '';
    const origin = headers.get('origin');
    if (!this.#isServed) return this.#refuse(Metric.RejectedBadRequest, { status: 400 });
    if (allowedHosts !== undefined && !isHostAllowed(host, allowedHosts)) {
      onRefused?.('host', host, host);
      return this.#refuse(Metric.RejectedHost, { status: 421 });
    }
    if (!servesPath(path, requested)) return this.#refuse(Metric.RejectedPath, { status: 404 });
    if (!isOriginAllowed(origin, host, allowedOrigins)) {
      onRefused?.('origin', origin ?? '', host);
      return this.#refuse(Metric.RejectedOrigin, { status: 403 });
    }
    const verdict = admission.admit(remoteAddress);
    if (verdict !== AdmissionVerdict.Admitted) {
      const { status, cell } = TURNED_AWAY[verdict];
      return this.#refuse(cell, { status, headers: RETRY });
    }
    try {
      if (handlers.upgrade === undefined) return this.#open(ACCEPT_ALL as UpgradeAccept<Data>);
      const decision = handlers.upgrade(this.#request);
      if (isThenable(decision)) this.#wait(decision);
      else this.#decide(decision as UpgradeDecision<Data>);
    } catch (error) {
      this.#fail(error);
    }
  }

  #wait(decision: unknown): void {
    const { clock, turns, options, undecided } = this.#hub;
    const cancelDeadline = clock.after(options.limits.upgradeTimeoutSeconds * 1_000, () => {
      conclude(() => this.#giveUp(Metric.RejectedTimeout, () => this.#answer(TOO_LATE)));
    });
    // Waits for the first of four events: the decision, the deadline, the peer leaves, the
    // transport closes.
    const conclude = (how: () => void): void => {
      if (!undecided.delete(closeTransport)) return;
      cancelDeadline();
      turns.run(how);
    };
    const closeTransport = (): void =>
      conclude(() => this.#giveUp(Metric.RejectedAborted, () => this.#controls.unreachable()));
    undecided.add(closeTransport);
    this.#controls.awaitDecision(() => conclude(() => this.#giveUp(Metric.RejectedAborted)));
    const fail = (error: unknown): void => conclude(() => this.#fail(error));
    try {
      follow(
        decision,
        (decided) => conclude(() => this.#decide(decided as UpgradeDecision<Data>)),
        fail,
      );
    } catch (error) {
      fail(error);
    }
  }

  #decide(decision: UpgradeDecision<Data>): void {
    let checked;
    try {
      checked = checkDecision(decision, this.#request);
    } catch (error) {
      return this.#fail(error);
    }
    if (checked.status === 101) return this.#open(checked);
    this.#release();
    this.#refuse(Metric.RejectedByApp, checked);
  }

  #open({ data, protocol, headers }: UpgradeAccept<Data>): void {
    const { protocols: offered, remoteAddress } = this.#request;
    const chosen =
      protocol ?? this.#hub.options.protocols.find((spoken) => offered.includes(spoken)) ?? '';
    const session = new Session(this.#hub, this.#peer, this.#controls, {
      data,
      protocol: chosen,
      headers: lowerCase(headers),
      remoteAddress,
    });
    session.open();
  }

  #fail(error: unknown): void {
    this.#release();
    this.#refuse(Metric.RejectedFault, { status: 500 });
    this.#hub.fault('upgrade', error, undefined);
  }

  /** Ends a handshake whose hook has not decided yet. */
  #giveUp(cell: number, tellPeer: () => void = () => undefined): void {
    this.#release();
    this.#hub.options.metrics.add(cell, 1);
    tellPeer();
    this.#abort.abort();
  }

  #release(): void {
    this.#hub.options.admission.release(this.#request.remoteAddress);
  }

  #refuse(cell: number, refusal: Refusal): void {
    this.#hub.options.metrics.add(cell, 1);
    this.#answer(refusal);
  }

  #answer({ status, reason, headers }: Refusal): void {
    this.#controls.refused({
      status,
      body: (reason ?? STATUS_CODES[status] ?? '').toWellFormed(),
      headers: lowerCase(headers),
    });
  }
}

interface Refusal {
  readonly status: number;
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function requestOf(
  options: FakeConnectOptions,
  served: string,
  signal: AbortSignal,
): { readonly request: UpgradeRequest; readonly isServed: boolean } {
  const [path = '', ...query] = (options.path ?? served.replace(/\*$/, '')).split('?');
  const defaults = new Map([
    ['host', 'localhost'],
    ['upgrade', 'websocket'],
    ['connection', 'Upgrade'],
    ['sec-websocket-version', '13'],
    ['sec-websocket-key', 'AAAAAAAAAAAAAAAAAAAAAA=='],
  ]);
  const { headers: given, isServed } = judgeFields(defaults, options.headers);
  const offered = options.protocols ?? given.get('sec-websocket-protocol')?.split(',') ?? [];
  const protocols = [...new Set(offered.map((protocol) => protocol.trim()))];
  const offer = 'sec-websocket-protocol';
  const headers =
    protocols.length === 0 || given.has(offer)
      ? given
      : new Map([...given, [offer, protocols.join(', ')]]);
  const request = {
    path,
    query: query.join('?'),
    headers,
    protocols,
    remoteAddress: options.remoteAddress ?? '127.0.0.1',
    signal,
  };
  return { request, isServed };
}

function lowerCase(headers: Readonly<Record<string, string>> = {}): Map<string, string> {
  return new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

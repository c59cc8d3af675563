import {
  AdmissionVerdict,
  type Extension,
  type ExtensionSession,
  Metric,
  type NetConn,
  type NetSink,
  type Page,
  type TransportOptions,
  type UpgradeDecision,
} from '@hioload/api';
import {
  acceptanceHead,
  chooseSubprotocol,
  isOriginAllowed,
  isPathServed,
  negotiateExtension,
  type OpeningRefusal,
  OpeningReader,
  type OpeningRequest,
  requestedPage,
} from '@hioload/protocol';
import { type Ruling, ruleOn } from '../shared/decision.js';
import { type FaultBarrier, isThenable } from '../shared/faults.js';
import {
  FAULT_REFUSAL,
  FAULT_REFUSALS,
  ORIGIN_REFUSAL,
  PATH_REFUSAL,
  type Refusal,
  REQUEST_TIMEOUT_REFUSAL,
  TIMEOUT_REFUSAL,
  UNFINISHED_REFUSAL,
  VERDICT_REFUSALS,
} from '../shared/refusal.js';
import { refusalBytes, writePage } from './answer.js';
import { EarlyBytes } from './early-bytes.js';
import { Lingering } from './lingering.js';
import type { Sweep, Timed } from './sweep.js';
import type { Displaceable, UnfinishedRequests } from './unfinished-requests.js';

/** What a handshake comes to: everything that a connection is made of. */
export interface Opened {
  readonly net: NetConn;
  readonly data: unknown;
  readonly protocol: string;
  readonly extension: ExtensionSession | undefined;
  /** The answer that accepts it, not written yet. */
  readonly head: Uint8Array;
  /** What the peer sent behind its request. */
  readonly early: Uint8Array;
}

/** What a handshake needs of the transport. */
export interface OpeningHost {
  readonly options: TransportOptions<unknown>;
  readonly faults: FaultBarrier;
  /** Extensions that a connection may agree on; it has one of them at most. */
  readonly extensions: readonly Extension[];
  readonly sweep: Sweep;
  readonly openings: Set<Opening>;
  readonly unfinished: UnfinishedRequests;
  readonly lingering: Set<Lingering>;
  onOpened(opened: Opened): void;
}

const MS_PER_SECOND = 1_000;
/** Time in which a refused peer may take its answer. */
const LINGER_MS = 2_000;
/** Time in which somebody who asked for a page takes at least something of it. */
const PAGE_LINGER_MS = 30_000;

/**
 * One opening handshake, from the first byte to the connection, the refusal or the end of the peer.
 */
export class Opening implements NetSink, Timed, Displaceable {
  readonly #host: OpeningHost;
  readonly #net: NetConn;
  readonly #reader = new OpeningReader();
  readonly #early: EarlyBytes;
  /** `booked`: admitted, while the hook decides. */
  #state: 'reading' | 'booked' | 'done' = 'reading';
  #deadlineMs: number;
  #hasHeard = false;
  #method: string | undefined;
  #abort: AbortController | undefined;

  constructor(host: OpeningHost, net: NetConn) {
    const { options, sweep } = host;
    this.#host = host;
    this.#net = net;
    this.#early = new EarlyBytes(net);
    this.#deadlineMs = sweep.exactNowMs() + options.limits.handshakeTimeoutSeconds * MS_PER_SECOND;
  }

  begin(): void {
    this.#host.unfinished.add(this);
    this.#host.openings.add(this);
    this.#host.sweep.add(this);
    this.#net.start(this);
  }

  received(bytes: Uint8Array, start: number, end: number): void {
    this.#hasHeard = true;
    if (this.#state !== 'reading') {
      this.#early.keep(bytes, start, end);
      return;
    }
    const next = this.#reader.read(bytes, start, end);
    const result = this.#reader.result();
    if (result === undefined) return;
    this.#host.unfinished.remove(this);
    this.#early.keep(bytes, next, end);
    if (result.ok) this.#judge(result.request);
    else this.#turnAway(result.refusal);
  }

  ended(): void {
    this.#gone();
    this.#net.close();
  }

  closed(): void {
    this.#gone();
  }

  drained(): void {}

  sweep(nowMs: number): void {
    if (nowMs < this.#deadlineMs) return;
    if (this.#state === 'booked') {
      this.#turnDown(TIMEOUT_REFUSAL);
      this.#abort?.abort(new Error('the upgrade hook took longer than upgradeTimeoutSeconds'));
      return;
    }
    if (this.#hasHeard) {
      this.#refuse(REQUEST_TIMEOUT_REFUSAL);
      return;
    }
    this.#host.options.metrics.add(Metric.RejectedTimeout, 1);
    this.giveUp();
  }

  /** Nobody waits for it to take the answer: that would make no room. */
  displace(): void {
    this.#host.options.metrics.add(UNFINISHED_REFUSAL.metric, 1);
    if (this.#hasHeard) this.#answer(UNFINISHED_REFUSAL);
    this.giveUp();
  }

  /** Ends it without an answer. */
  giveUp(): void {
    this.#gone();
    this.#net.close();
  }

  #judge(request: OpeningRequest): void {
    const { path, allowedOrigins, admission } = this.#host.options;
    if (!isPathServed(request.path, path)) return this.#refuse(PATH_REFUSAL);
    if (!isOriginAllowed(request.headers.get('origin'), request.host, allowedOrigins)) {
      return this.#refuse(ORIGIN_REFUSAL);
    }
    const verdict = admission.admit(this.#net.remoteAddress);
    if (verdict !== AdmissionVerdict.Admitted) return this.#refuse(VERDICT_REFUSALS[verdict]);
    this.#state = 'booked';
    this.#decide(request);
  }

  /** Answers what is no handshake: with a page, if one is asked for. */
  #turnAway(refusal: OpeningRefusal): void {
    const { request, fault } = refusal;
    const { pages, path } = this.#host.options;
    if (request !== undefined) {
      this.#method = request.method;
      const page = pages === undefined ? undefined : requestedPage(pages, request);
      if (page !== undefined) return this.#show(page, request.method);
      if (!isPathServed(request.path, path)) return this.#refuse(PATH_REFUSAL);
    }
    if (fault === 'too-large') return this.#refuse({ ...refusal, metric: Metric.RejectedTooLarge });
    if (fault === 'malformed' || fault === 'extensions') {
      return this.#refuse({ ...refusal, metric: Metric.RejectedBadRequest });
    }
    this.#refuse(FAULT_REFUSALS[fault]);
  }

  #decide(request: OpeningRequest): void {
    const { handlers, protocols, limits } = this.#host.options;
    if (handlers.upgrade === undefined) {
      const protocol = chooseSubprotocol(request.protocols, protocols);
      this.#carryOut(request, { accepted: true, data: undefined, protocol, headers: [] });
      return;
    }
    const abort = new AbortController();
    const { path, query, headers, protocols: offered } = request;
    const { remoteAddress } = this.#net;
    let decision: UpgradeDecision<unknown> | Promise<UpgradeDecision<unknown>>;
    let isPending: boolean;
    try {
      decision = handlers.upgrade({
        path,
        query,
        headers,
        protocols: offered,
        remoteAddress,
        signal: abort.signal,
      });
      // Looking whether it is a promise runs code of the application where it is something that
      // only acts like one.
      isPending = isThenable(decision);
    } catch (error) {
      this.#hookFailed(error);
      return;
    }
    if (!isPending) {
      this.#conclude(request, decision as UpgradeDecision<unknown>);
      return;
    }
    this.#abort = abort;
    this.#deadlineMs = this.#host.sweep.exactNowMs() + limits.upgradeTimeoutSeconds * MS_PER_SECOND;
    // A promise of our own takes in whatever acts like one, and turns what that throws into a
    // rejection.
    new Promise<UpgradeDecision<unknown>>((resolve) => resolve(decision)).then(
      (value) => this.#state === 'booked' && this.#conclude(request, value),
      (error: unknown) => this.#state === 'booked' && this.#hookFailed(error),
    );
  }

  #conclude(request: OpeningRequest, decision: UpgradeDecision<unknown>): void {
    let ruling: Ruling;
    try {
      ruling = ruleOn(decision, request.protocols, this.#host.options.protocols);
    } catch (error) {
      this.#hookFailed(error);
      return;
    }
    this.#carryOut(request, ruling);
  }

  #carryOut({ key, extensions: offered }: OpeningRequest, ruling: Ruling): void {
    // The hook may have closed the transport, and with it this handshake.
    if (this.#state !== 'booked') return;
    if (!ruling.accepted) {
      this.#turnDown(ruling.refusal);
      return;
    }
    const { data, protocol, headers } = ruling;
    const agreed = negotiateExtension(offered, ...this.#host.extensions);
    const answer = {
      key,
      protocol,
      extension: agreed?.element,
      headers: Object.fromEntries(headers),
    };
    const head = Buffer.from(acceptanceHead(answer), 'latin1');
    this.#leave();
    this.#host.onOpened({
      net: this.#net,
      data,
      protocol,
      extension: agreed?.session,
      head,
      early: this.#early.bytes,
    });
    this.#early.readOn();
  }

  #hookFailed(error: unknown): void {
    this.#turnDown(FAULT_REFUSAL);
    this.#host.faults.hookFailed('upgrade', error, undefined);
  }

  /** Refuses what is booked. */
  #turnDown(refusal: Refusal): void {
    if (this.#state !== 'booked') return;
    this.#host.options.admission.release(this.#net.remoteAddress);
    this.#refuse(refusal);
  }

  #refuse(refusal: Refusal): void {
    this.#host.options.metrics.add(refusal.metric, 1);
    this.#answer(refusal);
    this.#linger(LINGER_MS);
  }

  #answer(refusal: Refusal): void {
    const answer = refusalBytes(refusal, this.#method);
    this.#net.write(answer, 0, answer.length);
  }

  #show(page: Page, method: string): void {
    this.#host.options.metrics.add(Metric.PagesSent, 1);
    writePage(this.#net, page, method);
    this.#linger(PAGE_LINGER_MS);
  }

  #linger(limitMs: number): void {
    this.#leave();
    Lingering.begin(this.#net, this.#host.sweep, this.#host.lingering, limitMs);
  }

  /** The peer went away, or we do. */
  #gone(): void {
    const wasBooked = this.#state === 'booked';
    this.#leave();
    if (!wasBooked) return;
    const { admission, metrics } = this.#host.options;
    admission.release(this.#net.remoteAddress);
    metrics.add(Metric.RejectedAborted, 1);
    this.#abort?.abort(new Error('the client went away before the upgrade hook had decided'));
  }

  #leave(): void {
    this.#state = 'done';
    this.#host.openings.delete(this);
    this.#host.unfinished.remove(this);
    this.#host.sweep.remove(this);
  }
}

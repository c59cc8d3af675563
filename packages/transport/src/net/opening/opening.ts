/* One opening handshake of `net`. */
import {
  addressKey,
  AdmissionVerdict,
  follow,
  isThenable,
  isHostAllowed,
  Metric,
  type NetConn,
  type NetSink,
  ownText,
  type Page,
  type UpgradeDecision,
} from '@hioload/api';
import {
  acceptanceHead,
  chooseSubprotocol,
  isOriginAllowed,
  isPathServed,
  negotiateExtensionFor,
  type OpeningRefusal,
  OpeningReader,
  type OpeningRequest,
  requestedPage,
} from '@hioload/protocol';
import { type Ruling, ruleOn } from '../../shared/decision.js';
import {
  FAULT_REFUSAL,
  FAULT_REFUSALS,
  HOST_REFUSAL,
  ORIGIN_REFUSAL,
  PATH_REFUSAL,
  type Refusal,
  REQUEST_TIMEOUT_REFUSAL,
  TIMEOUT_REFUSAL,
  UNFINISHED_REFUSAL,
  VERDICT_REFUSALS,
} from '../../shared/refusal.js';
import { refusalBytes, writePage } from './answer.js';
import { NetWebSocket } from '../connection.js';
import type { NetCore } from '../core.js';
import { Lingering } from '../sending/lingering.js';
import type { Timed } from '../sweep.js';
import type { Handshake } from './openings.js';

const MS_PER_SECOND = 1_000;
/** A refused peer has this time to take its answer. */
const LINGER_MS = 2_000;
/** A peer that asked for a page takes some of the page within this time, again and again. */
const PAGE_LINGER_MS = 30_000;
/**
 * A peer may send this many bytes behind its request before the answer; then it is not read until
 * the answer is there.
 */
const MAX_EARLY_BYTES = 65_536;
const NO_BYTES = new Uint8Array(0);

/**
 * The way from the first byte of a socket to a connection, to a refusal, to a page, or to the end
 * of the peer.
 */
export class Opening implements NetSink, Timed, Handshake {
  readonly #core: NetCore;
  readonly #net: NetConn;
  readonly #reader: OpeningReader;
  /** The frames that came behind the request, kept for the connection. */
  #early: Uint8Array = NO_BYTES;
  #isPaused = false;
  /** `booked` is the state after the admission, while the upgrade hook decides. */
  #state: 'reading' | 'booked' | 'done' = 'reading';
  #deadlineMs: number;
  #hasHeard = false;
  #method: string | undefined;
  #abort: AbortController | undefined;

  constructor(core: NetCore, net: NetConn) {
    const { options, sweep } = core;
    this.#core = core;
    this.#reader = new OpeningReader(core.headLimits);
    this.#net = net;
    this.#deadlineMs = sweep.exactNowMs() + options.limits.handshakeTimeoutSeconds * MS_PER_SECOND;
  }

  begin(): void {
    this.#core.openings.add(this);
    this.#core.sweep.add(this);
    this.#net.start(this);
  }

  received(bytes: Uint8Array, start: number, end: number): void {
    this.#hasHeard = true;
    if (this.#state !== 'reading') {
      this.#keepEarly(bytes, start, end);
      return;
    }
    const next = this.#reader.read(bytes, start, end);
    const result = this.#reader.result();
    if (result === undefined) return;
    this.#core.openings.finish(this);
    this.#keepEarly(bytes, next, end);
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
    this.#core.options.metrics.add(Metric.RejectedTimeout, 1);
    this.giveUp();
  }

  // The socket closes at once. Waiting until the peer has taken the answer would make no room.
  displace(): void {
    this.#core.options.metrics.add(UNFINISHED_REFUSAL.metric, 1);
    if (this.#hasHeard) this.#answer(UNFINISHED_REFUSAL);
    this.giveUp();
  }

  giveUp(): void {
    this.#gone();
    this.#net.close();
  }

  #judge(request: OpeningRequest): void {
    const { path, allowedOrigins, admission } = this.#core.options;
    if (!this.#isHostServed(request.headers)) return;
    if (!isPathServed(request.path, path)) return this.#refuse(PATH_REFUSAL);
    const origin = request.headers.get('origin');
    if (!isOriginAllowed(origin, request.host, allowedOrigins)) {
      this.#core.options.onRefused?.('origin', origin ?? '', request.host);
      return this.#refuse(ORIGIN_REFUSAL);
    }
    const verdict = admission.admit(this.#net.remoteAddress);
    if (verdict !== AdmissionVerdict.Admitted) return this.#refuse(VERDICT_REFUSALS[verdict]);
    this.#state = 'booked';
    this.#decide(request);
  }

  /** Whether the host of a request is allowed; refuses the request otherwise. */
  #isHostServed(headers: ReadonlyMap<string, string>): boolean {
    const { allowedHosts, onRefused } = this.#core.options;
    const host = headers.get('host') ?? '';
    if (allowedHosts === undefined || isHostAllowed(host, allowedHosts)) return true;
    onRefused?.('host', host, host);
    this.#refuse(HOST_REFUSAL);
    return false;
  }

  /** Answers a request that is no handshake: with a page, where the request asks for one. */
  #turnAway(refusal: OpeningRefusal): void {
    const { request, fault } = refusal;
    const { pages, path } = this.#core.options;
    this.#method = refusal.method;
    if (request !== undefined) {
      if (!this.#isHostServed(request.headers)) return;
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
    const { handlers, protocols, limits } = this.#core.options;
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
        // The hook may keep any of these, and none of them keeps the whole head alive.
        path: ownText(path),
        query: ownText(query),
        headers: ownHeaders(headers),
        protocols: offered.map(ownText),
        remoteAddress,
        signal: abort.signal,
      });
      // This look runs code of the application where the decision only acts like a promise.
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
    this.#deadlineMs = this.#core.sweep.exactNowMs() + limits.upgradeTimeoutSeconds * MS_PER_SECOND;
    // An answer after the end of the handshake is no fault.
    const failed = (error: unknown): void => {
      if (this.#state === 'booked') this.#hookFailed(error);
    };
    try {
      follow(
        decision,
        (value) => this.#conclude(request, value as UpgradeDecision<unknown>),
        failed,
      );
    } catch (error) {
      failed(error);
    }
  }

  #conclude(request: OpeningRequest, decision: UpgradeDecision<unknown>): void {
    if (this.#state !== 'booked') return;
    let ruling: Ruling;
    try {
      ruling = ruleOn(decision, request.protocols, this.#core.options.protocols);
    } catch (error) {
      this.#hookFailed(error);
      return;
    }
    this.#carryOut(request, ruling);
  }

  #carryOut({ key, extensions: offered }: OpeningRequest, ruling: Ruling): void {
    // The hook may have closed the transport, which ended this handshake.
    if (this.#state !== 'booked') return;
    if (!ruling.accepted) {
      this.#turnDown(ruling.refusal);
      return;
    }
    const { data, protocol, headers } = ruling;
    const { extensions, options } = this.#core;
    const peer = addressKey(this.#net.remoteAddress, options.limits.ipv6PrefixBits);
    const agreed = negotiateExtensionFor(peer, offered, extensions);
    const answer = {
      key,
      protocol,
      extension: agreed?.element,
      headers: Object.fromEntries(headers),
    };
    const head = Buffer.from(acceptanceHead(answer), 'latin1');
    this.#leave();
    const extension = agreed?.session;
    new NetWebSocket(this.#core, this.#net, { data, protocol, extension }).open(head, this.#early);
    if (this.#isPaused) this.#net.resume();
  }

  /** Keeps a copy of bytes that came behind the request, and stops reading at the limit. */
  #keepEarly(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    this.#early = Buffer.concat([this.#early, bytes.subarray(start, end)]);
    if (this.#early.length < MAX_EARLY_BYTES) return;
    this.#isPaused = true;
    this.#net.pause();
  }

  #hookFailed(error: unknown): void {
    this.#turnDown(FAULT_REFUSAL);
    this.#core.faults.hookFailed('upgrade', error, undefined);
  }

  /** Refuses a handshake that is booked with the admission. */
  #turnDown(refusal: Refusal): void {
    if (this.#state !== 'booked') return;
    this.#core.options.admission.release(this.#net.remoteAddress);
    this.#refuse(refusal);
  }

  #refuse(refusal: Refusal): void {
    this.#core.options.metrics.add(refusal.metric, 1);
    this.#answer(refusal);
    this.#linger(LINGER_MS);
  }

  #answer(refusal: Refusal): void {
    const answer = refusalBytes(refusal, this.#method);
    this.#net.write(answer, 0, answer.length);
  }

  #show(page: Page, method: string): void {
    this.#core.options.metrics.add(Metric.PagesSent, 1);
    writePage(this.#net, page, method);
    this.#leave();
    Lingering.beginPage(this.#core, this.#net, PAGE_LINGER_MS);
  }

  #linger(limitMs: number): void {
    this.#leave();
    Lingering.begin(this.#core, this.#net, limitMs);
  }

  /** Leaves a peer that went away, or that nobody waits for. */
  #gone(): void {
    const wasBooked = this.#state === 'booked';
    this.#leave();
    if (!wasBooked) return;
    const { admission, metrics } = this.#core.options;
    admission.release(this.#net.remoteAddress);
    metrics.add(Metric.RejectedAborted, 1);
    this.#abort?.abort(new Error('the client went away before the upgrade hook had decided'));
  }

  #leave(): void {
    this.#state = 'done';
    this.#core.openings.remove(this);
    this.#core.sweep.remove(this);
  }
}

function ownHeaders(headers: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const own = new Map<string, string>();
  for (const [name, value] of headers) own.set(ownText(name), ownText(value));
  return own;
}

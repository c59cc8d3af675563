/* Answers to the requests of `uws`: pages, refusals and upgrades. */
import {
  AdmissionVerdict,
  follow,
  isThenable,
  isHostAllowed,
  Metric,
  type Page,
  type TransportOptions,
  type UpgradeDecision,
} from '@hioload/api';
import {
  checkHandshake,
  checkRequest,
  chooseSubprotocol,
  HandshakeFault,
  isOriginAllowed,
  isPathServed,
  parseExtensions,
  requestedPage,
} from '@hioload/protocol';
import { type Ruling, ruleOn } from '../shared/decision.js';
import { type FaultBarrier, throwLater } from '../shared/faults.js';
import {
  EXTENSIONS_REFUSAL,
  FAULT_REFUSAL,
  FAULT_REFUSALS,
  HOST_REFUSAL,
  MALFORMED_REFUSAL,
  ORIGIN_REFUSAL,
  PATH_REFUSAL,
  type Refusal,
  TIMEOUT_REFUSAL,
  TOO_LARGE_REFUSAL,
  VERDICT_REFUSALS,
} from '../shared/refusal.js';
import { PagePlaces } from '../shared/page-places.js';
import type { UwsConn } from './connection.js';
import { headerBytes } from './header-bytes.js';
import type { NativeContext, NativeRequest, NativeResponse } from './native.js';
import { writeNativePage } from './write-page.js';
import { copyHead, type RequestHead } from './request.js';
import { writeRefusal } from './write-refusal.js';

/** Makes the connection for an accepted handshake. */
export type MakeConn = (data: unknown, remoteAddress: string, protocol: string) => UwsConn;

/** A handshake that passed all checks but the hook, and is booked with the admission. */
interface Candidate {
  readonly res: NativeResponse;
  readonly context: NativeContext;
  readonly head: RequestHead;
  readonly key: string;
  readonly protocols: readonly string[];
}

const MS_PER_SECOND = 1000;
/** A timer that fires this much behind its time shows that the thread stood still. */
const LATE_MS = 1000;
/** The time that an upgrade hook gets after that. */
const GRACE_MS = 250;
const NO_PAGES: ReadonlyMap<string, Page> = new Map();

/**
 * Answers requests. A plain request gets a page or a refusal. A handshake is checked by path,
 * protocol and origin, then by the admission, then by the upgrade hook.
 */
export class Upgrader {
  readonly #options: TransportOptions<unknown>;
  readonly #faults: FaultBarrier;
  readonly #makeConn: MakeConn;
  readonly #pagePlaces: PagePlaces;

  constructor(options: TransportOptions<unknown>, faults: FaultBarrier, makeConn: MakeConn) {
    this.#options = options;
    this.#faults = faults;
    this.#makeConn = makeConn;
    this.#pagePlaces = new PagePlaces(options.limits, options.metrics);
  }

  /**
   * Takes a request. Never throws, and always answers, at once or later: otherwise the native
   * library would end the process.
   * @param context of an upgrade; null where the native library found no handshake in the request
   */
  handle(res: NativeResponse, req: NativeRequest, context: NativeContext | null): void {
    try {
      const head = copyHead(res, req);
      const refusal =
        head.headBytes > this.#options.limits.maxHeadBytes
          ? TOO_LARGE_REFUSAL
          : (refusalOf(head) ?? this.#refusalOfHost(head));
      if (refusal !== undefined) {
        this.#refuse(res, refusal, head.method);
        return;
      }
      const page = requestedPage(this.#options.pages ?? NO_PAGES, head);
      if (page !== undefined) {
        this.#options.metrics.add(Metric.PagesSent, 1);
        answerLater(res, () => {
          writeNativePage(res, page, head, this.#pagePlaces);
        });
        return;
      }
      const candidate = this.#admit(res, head, context);
      if (candidate !== null) this.#decide(candidate);
    } catch (error) {
      // This is no fault of the application, whose hook is called behind a barrier.
      throwLater(error);
      this.#refuse(res, FAULT_REFUSAL);
    }
  }

  #refusalOfHost({ headers }: RequestHead): Refusal | undefined {
    const { allowedHosts, onRefused } = this.#options;
    const host = headers.get('host') ?? '';
    if (allowedHosts === undefined || isHostAllowed(host, allowedHosts)) return undefined;
    onRefused?.('host', host, host);
    return HOST_REFUSAL;
  }

  /** @returns null where the request was refused */
  #admit(res: NativeResponse, head: RequestHead, context: NativeContext | null): Candidate | null {
    const { path, allowedOrigins, admission } = this.#options;
    if (!isPathServed(head.path, path)) return this.#refuse(res, PATH_REFUSAL, head.method);
    const check = checkHandshake(head.method, head.headers);
    if (!check.ok) return this.#refuse(res, FAULT_REFUSALS[check.fault], head.method);
    // No extension is ever taken, but a field that is malformed is no handshake.
    if (parseExtensions(head.headers.get('sec-websocket-extensions')) === undefined)
      return this.#refuse(res, EXTENSIONS_REFUSAL);
    const origin = head.headers.get('origin');
    if (!isOriginAllowed(origin, check.host, allowedOrigins)) {
      this.#options.onRefused?.('origin', origin ?? '', check.host);
      return this.#refuse(res, ORIGIN_REFUSAL);
    }
    // The check above has passed the request, but the check of the native library has not.
    if (context === null) return this.#refuse(res, FAULT_REFUSALS[HandshakeFault.NotAnUpgrade]);
    const verdict = admission.admit(head.remoteAddress);
    if (verdict !== AdmissionVerdict.Admitted) return this.#refuse(res, VERDICT_REFUSALS[verdict]);
    return { res, context, head, key: check.key, protocols: check.protocols };
  }

  #decide(candidate: Candidate): void {
    const { handlers, protocols } = this.#options;
    if (handlers.upgrade === undefined) {
      const protocol = chooseSubprotocol(candidate.protocols, protocols);
      this.#carryOut(candidate, { accepted: true, data: undefined, protocol, headers: [] });
      return;
    }
    const abort = new AbortController();
    let decision: UpgradeDecision<unknown> | Promise<UpgradeDecision<unknown>>;
    let isPending: boolean;
    try {
      const { path, query, headers, remoteAddress } = candidate.head;
      decision = handlers.upgrade({
        path,
        query,
        headers,
        remoteAddress,
        protocols: candidate.protocols,
        signal: abort.signal,
      });
      // This look runs code of the application where the decision only acts like a promise.
      isPending = isThenable(decision);
    } catch (error) {
      this.#hookFailed(candidate, error);
      return;
    }
    if (isPending) this.#await(candidate, decision, abort);
    else this.#conclude(candidate, decision as UpgradeDecision<unknown>);
  }

  /** Waits for the hook, the deadline or the end of the peer. Only the first of them counts. */
  #await(candidate: Candidate, decision: unknown, abort: AbortController): void {
    const { res } = candidate;
    let isOpen = true;
    const settle = (work: () => void): void => {
      if (!isOpen) return;
      isOpen = false;
      clearTimeout(deadline);
      work();
    };
    const limitMs = this.#options.limits.upgradeTimeoutSeconds * MS_PER_SECOND;
    const dueMs = performance.now() + limitMs;
    const expire = (): void => {
      // Where the thread stood still, what the hook waits for may have come without being read.
      if (performance.now() - dueMs >= LATE_MS && !isExcused) {
        isExcused = true;
        deadline = setTimeout(expire, GRACE_MS);
        return;
      }
      settle(() => {
        corked(res, () => this.#turnDown(candidate, TIMEOUT_REFUSAL));
        abort.abort(new Error('the upgrade hook took longer than upgradeTimeoutSeconds'));
      });
    };
    let isExcused = false;
    let deadline = setTimeout(expire, limitMs);
    res.onAborted(() => {
      settle(() => {
        this.#options.metrics.add(Metric.RejectedAborted, 1);
        this.#release(candidate);
        abort.abort(new Error('the client went away before the upgrade hook had decided'));
      });
    });
    const failed = (error: unknown): void =>
      settle(() => corked(res, () => this.#hookFailed(candidate, error)));
    try {
      follow(
        decision,
        (value) =>
          settle(() =>
            corked(res, () => this.#conclude(candidate, value as UpgradeDecision<unknown>)),
          ),
        failed,
      );
    } catch (error) {
      failed(error);
    }
  }

  #conclude(candidate: Candidate, decision: UpgradeDecision<unknown>): void {
    let ruling: Ruling;
    try {
      ruling = ruleOn(decision, candidate.protocols, this.#options.protocols);
    } catch (error) {
      this.#hookFailed(candidate, error);
      return;
    }
    this.#carryOut(candidate, ruling);
  }

  #carryOut(candidate: Candidate, ruling: Ruling): void {
    if (!ruling.accepted) {
      this.#turnDown(candidate, ruling.refusal);
      return;
    }
    const { res, head, key, context } = candidate;
    const conn = this.#makeConn(ruling.data, head.remoteAddress, ruling.protocol);
    try {
      res.writeStatus('101 Switching Protocols');
      for (const [name, value] of ruling.headers) res.writeHeader(name, headerBytes(value));
      // The answer names no extension, so the connection has none. The open event comes before this
      // call returns. From then on, the end of the connection gives the booking back.
      res.upgrade({ conn }, key, ruling.protocol, '', context);
    } catch (error) {
      this.#release(candidate);
      throwLater(error);
    }
  }

  #hookFailed(candidate: Candidate, error: unknown): void {
    this.#turnDown(candidate, FAULT_REFUSAL);
    this.#faults.hookFailed('upgrade', error, undefined);
  }

  /** Refuses a handshake that is booked. */
  #turnDown(candidate: Candidate, refusal: Refusal): void {
    this.#release(candidate);
    this.#refuse(candidate.res, refusal);
  }

  #release(candidate: Candidate): void {
    this.#options.admission.release(candidate.head.remoteAddress);
  }

  #refuse(res: NativeResponse, refusal: Refusal, method = 'GET'): null {
    this.#options.metrics.add(refusal.metric, 1);
    answerLater(res, () => writeRefusal(res, refusal, method));
    return null;
  }
}

/** The answer to a request that breaks a rule of every request, whatever it asks for. */
function refusalOf({ method, headers, repeated, isWellFormed }: RequestHead): Refusal | undefined {
  if (!isWellFormed) return MALFORMED_REFUSAL;
  const fault = checkRequest(method, headers, repeated);
  return fault === undefined ? undefined : FAULT_REFUSALS[fault];
}

/** Runs `work` in a cork, which an answer outside of the request's handler needs. Never throws. */
function corked(res: NativeResponse, work: () => void): void {
  res.cork(() => {
    try {
      work();
    } catch (error) {
      throwLater(error);
    }
  });
}

/**
 * Runs `work`, which answers and ends the connection, at the end of the turn. A second request in
 * the same read makes the native library cut the connection while the first has no answer. After an
 * answer at once, the library would serve the second request in spite of `Connection: close`.
 */
function answerLater(res: NativeResponse, work: () => void): void {
  const answer = setImmediate(() => corked(res, work));
  res.onAborted(() => clearImmediate(answer));
}

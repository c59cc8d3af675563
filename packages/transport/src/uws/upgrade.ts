import {
  AdmissionVerdict,
  Metric,
  type Page,
  type TransportOptions,
  type UpgradeDecision,
} from '@hioload/api';
import {
  checkHandshake,
  chooseSubprotocol,
  HandshakeFault,
  isOriginAllowed,
  isPathServed,
  requestedPage,
} from '@hioload/protocol';
import { type Ruling, ruleOn } from '../shared/decision.js';
import { type FaultBarrier, isThenable, throwLater } from '../shared/faults.js';
import {
  FAULT_REFUSAL,
  FAULT_REFUSALS,
  ORIGIN_REFUSAL,
  PATH_REFUSAL,
  type Refusal,
  TIMEOUT_REFUSAL,
  VERDICT_REFUSALS,
} from '../shared/refusal.js';
import type { UwsConn } from './connection.js';
import type { NativeContext, NativeRequest, NativeResponse } from './native.js';
import { writePage } from './page.js';
import { copyHead, type RequestHead } from './request.js';
import { writeRefusal } from './write-refusal.js';

/** Makes the connection for an accepted handshake. */
export type MakeConn = (data: unknown, remoteAddress: string, protocol: string) => UwsConn;

/** A handshake that passed all checks but the application's, and is booked with the admission. */
interface Candidate {
  readonly res: NativeResponse;
  readonly context: NativeContext;
  readonly head: RequestHead;
  readonly key: string;
  readonly protocols: readonly string[];
}

const MS_PER_SECOND = 1000;
const NO_PAGES: ReadonlyMap<string, Page> = new Map();

/**
 * Answers requests: plain ones with a page, handshakes with what protocol, path and origin demand
 * first, then the admission, then the application's hook.
 */
export class Upgrader {
  readonly #options: TransportOptions<unknown>;
  readonly #faults: FaultBarrier;
  readonly #makeConn: MakeConn;

  constructor(options: TransportOptions<unknown>, faults: FaultBarrier, makeConn: MakeConn) {
    this.#options = options;
    this.#faults = faults;
    this.#makeConn = makeConn;
  }

  /**
   * Takes a request. Never throws, and has answered or will when it returns: the native library
   * ends the process else.
   * @param context where the socket can go; null where the native library saw no handshake in the
   * request
   */
  handle(res: NativeResponse, req: NativeRequest, context: NativeContext | null): void {
    try {
      const head = copyHead(res, req);
      const page = requestedPage(this.#options.pages ?? NO_PAGES, head);
      if (page !== undefined) {
        this.#options.metrics.add(Metric.PagesSent, 1);
        answerLater(res, () => writePage(res, page, head.method));
        return;
      }
      const candidate = this.#admit(res, head, context);
      if (candidate !== null) this.#decide(candidate);
    } catch (error) {
      // Not the application's fault: its hook is called behind a barrier of its own.
      throwLater(error);
      this.#refuse(res, FAULT_REFUSAL);
    }
  }

  /** @returns null where the request was refused */
  #admit(res: NativeResponse, head: RequestHead, context: NativeContext | null): Candidate | null {
    const { path, allowedOrigins, admission } = this.#options;
    if (!isPathServed(head.path, path)) return this.#refuse(res, PATH_REFUSAL, head.method);
    const check = checkHandshake(head.method, head.headers);
    if (!check.ok) return this.#refuse(res, FAULT_REFUSALS[check.fault], head.method);
    if (!isOriginAllowed(head.headers.get('origin'), check.host, allowedOrigins))
      return this.#refuse(res, ORIGIN_REFUSAL);
    // Our check lets it pass and the native library's did not.
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
      const { method: _, ...head } = candidate.head;
      decision = handlers.upgrade({
        ...head,
        protocols: candidate.protocols,
        signal: abort.signal,
      });
      // Looking whether it is a promise runs code of the application where it is something that
      // only acts like one.
      isPending = isThenable(decision);
    } catch (error) {
      this.#hookFailed(candidate, error);
      return;
    }
    if (isPending) this.#await(candidate, decision, abort);
    else this.#conclude(candidate, decision as UpgradeDecision<unknown>);
  }

  /**
   * Waits for the hook, the deadline or the end of the peer, whichever comes first; the others then
   * do nothing.
   */
  #await(candidate: Candidate, decision: unknown, abort: AbortController): void {
    const { res } = candidate;
    let isOpen = true;
    const settle = (work: () => void): void => {
      if (!isOpen) return;
      isOpen = false;
      clearTimeout(deadline);
      work();
    };
    const deadline = setTimeout(() => {
      settle(() => {
        corked(res, () => this.#turnDown(candidate, TIMEOUT_REFUSAL));
        abort.abort(new Error('the upgrade hook took longer than upgradeTimeoutSeconds'));
      });
    }, this.#options.limits.upgradeTimeoutSeconds * MS_PER_SECOND);
    res.onAborted(() => {
      settle(() => {
        this.#options.metrics.add(Metric.RejectedAborted, 1);
        this.#release(candidate);
        abort.abort(new Error('the client went away before the upgrade hook had decided'));
      });
    });
    // A promise of our own takes in whatever acts like one, and turns what that throws into a
    // rejection.
    new Promise<UpgradeDecision<unknown>>((resolve) =>
      resolve(decision as UpgradeDecision<unknown>),
    ).then(
      (value) => settle(() => corked(res, () => this.#conclude(candidate, value))),
      (error: unknown) => settle(() => corked(res, () => this.#hookFailed(candidate, error))),
    );
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
      for (const [name, value] of ruling.headers) res.writeHeader(name, value);
      // No extension is named, so none is agreed upon. The open event comes before this returns;
      // from then on the end of the connection gives the booking back.
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

  /** Refuses what was booked. */
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

/**
 * Runs `work`, which answers, in the cork that answers outside of the request's own handler need.
 * Never throws.
 */
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
 * Runs `work`, which answers and ends the connection, at the end of the turn. While an answer is
 * outstanding, a request behind it in the same read makes the native library cut the connection;
 * once it is given, that request would be served, in spite of `Connection: close`.
 */
function answerLater(res: NativeResponse, work: () => void): void {
  const answer = setImmediate(() => corked(res, work));
  res.onAborted(() => clearImmediate(answer));
}

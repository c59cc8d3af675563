// Cases of the transport contract: the deadline of the upgrade hook.
import {
  type ConnectionHandlers,
  Metric,
  type UpgradeDecision,
  type UpgradeRequest,
} from '@hioload/api';
import { eventually, nextTurn } from '@hioload/test-support/waiting';
import { expect } from 'vitest';
import { type CaseGroup, textsOf, hasReceived } from '../scene.js';

/** An upgrade hook that decides when it is told to. */
class HeldHook {
  readonly requests: UpgradeRequest[] = [];
  readonly #answers: {
    readonly decide: (decision: UpgradeDecision<unknown>) => void;
    readonly fail: (error: Error) => void;
  }[] = [];

  readonly upgrade: NonNullable<ConnectionHandlers['upgrade']> = (request) => {
    this.requests.push(request);
    return new Promise((decide, fail) => this.#answers.push({ decide, fail }));
  };

  isAsked(times: number): Promise<void> {
    return eventually(`the hook is asked ${times} times`, () => this.requests.length === times);
  }

  acceptAll(): void {
    for (const { decide } of this.#answers) decide({ status: 101, data: undefined });
  }

  rejectAll(): void {
    for (const { fail } of this.#answers) fail(new Error('too late'));
  }
}

const limits = { upgradeTimeoutSeconds: 1 };

export const hookDeadlineCases: CaseGroup = {
  'answers 503 when the hook does not decide in time, and aborts its signal': async (scene) => {
    const hook = new HeldHook();
    const server = await scene.serve(hook, { limits });
    const knock = server.knock();
    await hook.isAsked(1);
    await scene.harness.elapse(1_000);
    const outcome = await knock.outcome;
    if (outcome.kind !== 'refused') throw new Error(`the handshake is ${outcome.kind}`);
    expect(outcome.status).toBe(503);
    expect(Number(outcome.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(hook.requests[0]!.signal.aborted).toBe(true);
    expect([server.metrics.read(Metric.RejectedTimeout), server.admission.booked]).toEqual([1, 0]);
  },

  'ignores a decision of the hook after the deadline': async (scene) => {
    const hook = new HeldHook();
    const server = await scene.serve(hook, { limits });
    const knocks = [server.knock(), server.knock()];
    await hook.isAsked(2);
    await scene.harness.elapse(1_000);
    await Promise.all(knocks.map((knock) => knock.outcome));
    hook.acceptAll();
    await nextTurn();
    expect([server.opened.length, server.transport.connectionCount, server.faults.length]).toEqual([
      0, 0, 0,
    ]);
    expect(server.admission.booked).toBe(0);
  },

  'ignores an error of the hook after the deadline': async (scene) => {
    const hook = new HeldHook();
    const server = await scene.serve(hook, { limits });
    const knock = server.knock();
    await hook.isAsked(1);
    await scene.harness.elapse(1_000);
    await knock.outcome;
    hook.rejectAll();
    await nextTurn();
    expect(server.faults).toEqual([]);
    expect(server.metrics.read(Metric.HandlerFaults)).toBe(0);
  },

  'aborts the signal when the client goes away, and opens nothing': async (scene) => {
    const hook = new HeldHook();
    const server = await scene.serve(hook);
    const knocks = [server.knock(), server.knock()];
    await hook.isAsked(2);
    for (const knock of knocks) knock.abandon();
    await eventually('both signals are aborted', () =>
      hook.requests.every(({ signal }) => signal.aborted),
    );
    hook.acceptAll();
    await nextTurn();
    expect([server.opened.length, server.admission.booked, server.faults.length]).toEqual([
      0, 0, 0,
    ]);
    expect(server.metrics.nonZero()).toEqual({ 'ws_upgrades_rejected_total{reason="aborted"}': 2 });
  },

  'ignores an error of the hook after the client went away': async (scene) => {
    const hook = new HeldHook();
    const server = await scene.serve(hook);
    const knock = server.knock();
    await hook.isAsked(1);
    knock.abandon();
    await eventually('the signal is aborted', () => hook.requests[0]!.signal.aborted);
    hook.rejectAll();
    await nextTurn();
    expect([server.faults.length, server.admission.booked]).toEqual([0, 0]);
  },

  'ignores a hook that rejects as its signal aborts': async (scene) => {
    let hasRejected = false;
    let isAsked = false;
    const server = await scene.serve({
      upgrade({ signal }) {
        isAsked = true;
        return new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            hasRejected = true;
            reject(signal.reason as Error);
          });
        });
      },
    });
    const knock = server.knock();
    await eventually('the hook is asked', () => isAsked);
    expect(server.admission.booked).toBe(1);
    knock.abandon();
    await eventually('the hook has rejected', () => hasRejected);
    await nextTurn();
    expect([server.faults.length, server.admission.booked]).toEqual([0, 0]);
  },

  'serves others while a hook decides': async (scene) => {
    const held = new HeldHook();
    const server = await scene.serve({
      upgrade: (request) =>
        request.query === 'slow' ? held.upgrade(request) : { status: 101, data: undefined },
      message: (conn, message) => void conn.send(message),
    });
    const slow = server.knock({ path: '/?slow' });
    await held.isAsked(1);
    const quick = await server.connect();
    quick.send('meanwhile');
    await hasReceived(quick, 1);
    held.acceptAll();
    const outcome = await slow.outcome;
    expect(outcome.kind).toBe('open');
    expect(textsOf(quick)).toEqual(['meanwhile']);
    expect(server.metrics.read(Metric.ConnectionsOpened)).toBe(2);
  },

  'does not abort the signal once the hook has decided': async (scene) => {
    const hook = new HeldHook();
    const server = await scene.serve(hook, { limits });
    const knock = server.knock();
    await hook.isAsked(1);
    hook.acceptAll();
    const outcome = await knock.outcome;
    if (outcome.kind !== 'open') throw new Error('not accepted');
    await scene.harness.elapse(1_000);
    outcome.peer.vanish();
    await eventually('it is gone', () => server.transport.connectionCount === 0);
    expect(hook.requests[0]!.signal.aborted).toBe(false);
  },
};

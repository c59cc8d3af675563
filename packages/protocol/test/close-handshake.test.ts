// Tests of the state machine of the close handshake.
import { describe, expect, it } from 'vitest';
import { CloseHandshake, CloseStep, Violation } from '../src/index.js';

describe('CloseHandshake', () => {
  it('of a server that closes first: send, wait for the answer, shut', () => {
    const handshake = new CloseHandshake('server', 5_000);
    expect(handshake.end(1001, 'restart', 100)).toBe(CloseStep.Send);
    expect(handshake).toMatchObject({ sentCode: 1001, sentReason: 'restart', isOpen: false });
    expect(handshake.received(1001, '', 200)).toBe(CloseStep.Shut);
    expect(handshake).toMatchObject({ code: 1001, reason: 'restart' });
  });

  it('of a client that closes first: send, and let the server shut down', () => {
    const handshake = new CloseHandshake('client', 5_000);
    expect(handshake.end(1000, '', 0)).toBe(CloseStep.Send);
    expect(handshake.received(1000, '', 0)).toBe(CloseStep.Await);
  });

  it.each([
    ['server', CloseStep.SendAndShut],
    ['client', CloseStep.Send],
  ] as const)(
    'of a %s whose peer closes first: its code is echoed without the reason',
    (role, step) => {
      const handshake = new CloseHandshake(role, 5_000);
      expect(handshake.received(4000, 'bye', 0)).toBe(step);
      expect(handshake).toMatchObject({
        sentCode: 4000,
        sentReason: '',
        code: 4000,
        reason: 'bye',
        isOpen: false,
      });
    },
  );

  it('answers a close frame without a code by one without a code', () => {
    const handshake = new CloseHandshake('server', 5_000);
    expect(handshake.received(1005, '', 0)).toBe(CloseStep.SendAndShut);
    expect(handshake.sentCode).toBe(1005);
  });

  it('reports the code of the side that closed first when both close at once', () => {
    const handshake = new CloseHandshake('server', 5_000);
    handshake.end(1001, 'mine', 0);
    expect(handshake.received(4000, 'theirs', 1)).toBe(CloseStep.Shut);
    expect(handshake).toMatchObject({ code: 1001, reason: 'mine' });
  });

  it('tells the peer about a violation once, and not after another close frame', () => {
    const open = new CloseHandshake('client', 5_000);
    expect(open.failed(Violation.TextNotUtf8, 0)).toBe(CloseStep.SendAndShut);
    expect(open).toMatchObject({ sentCode: 1007, sentReason: '', code: 1007, reason: '' });
    expect(open.failed(Violation.TextNotUtf8, 0)).toBe(CloseStep.None);
    expect(open.received(1000, '', 0)).toBe(CloseStep.None);

    const closing = new CloseHandshake('server', 5_000);
    closing.end(1001, '', 0);
    expect(closing.failed(Violation.MaskMissing, 1)).toBe(CloseStep.Shut);
    expect(closing).toMatchObject({ sentCode: 1001, code: 1001 });
  });

  it('closes once', () => {
    const handshake = new CloseHandshake('server', 5_000);
    handshake.end(1000, 'first', 0);
    expect(handshake.end(1001, 'second', 0)).toBe(CloseStep.None);
    expect(handshake.sentReason).toBe('first');
  });

  it('gives the peer a limited time from the first close frame on', () => {
    const handshake = new CloseHandshake('server', 5_000);
    expect(handshake.isOverdue(1e9)).toBe(false);
    handshake.end(1000, '', 1_000);
    handshake.received(1000, '', 4_000);
    expect(handshake.isOverdue(5_999)).toBe(false);
    expect(handshake.isOverdue(6_000)).toBe(true);
    handshake.lost();
    expect(handshake.isOverdue(1e9)).toBe(false);
  });

  it('ends with 1006 if the socket closes first, and sends nothing', () => {
    const handshake = new CloseHandshake('server', 5_000);
    handshake.lost();
    expect(handshake).toMatchObject({ code: 1006, reason: '' });
    expect(handshake.end(1000, '', 0)).toBe(CloseStep.None);
    expect(handshake.received(1000, '', 0)).toBe(CloseStep.None);
    expect(handshake.failed(Violation.MaskMissing, 0)).toBe(CloseStep.None);
    expect(handshake.code).toBe(1006);
  });

  it('refuses codes that must not be sent, whatever its state', () => {
    const handshake = new CloseHandshake('server', 5_000);
    for (const code of [1004, 1006, 1015, 999, 5000]) {
      expect(() => handshake.end(code, '', 0)).toThrow(
        expect.objectContaining({ code: 'HIOLOAD_CLOSE_CODE_INVALID' }),
      );
    }
    expect(handshake.isOpen).toBe(true);
    expect(handshake.end(1005, '', 0)).toBe(CloseStep.Send);
  });
});

// Tests of the errors of addresses that cannot be listened on.
import { describe, expect, it } from 'vitest';
import { hostError, portError } from '../../src/supervisor/port-errors.js';

const failure = (code: string): Error => Object.assign(new Error(code), { code });

describe('the error of an address', () => {
  it.each([
    [
      'EADDRINUSE',
      'HIOLOAD_PORT_IN_USE',
      'admin.port: 80 is in use (h:80); choose a free port, or 0 for any free port',
    ],
    [
      'EADDRNOTAVAIL',
      'HIOLOAD_ADDRESS_UNAVAILABLE',
      'admin.host must be an address or a name of this machine; got "h", which cannot be bound ' +
        '(EADDRNOTAVAIL)',
    ],
    ['EMFILE', 'HIOLOAD_ADDRESS_UNAVAILABLE', 'admin.port: h:80 cannot be bound now (EMFILE)'],
  ])('%s is %s and names the option at fault', (errno, code, message) => {
    expect(portError(failure(errno), 'h', 80, 'admin.port')).toMatchObject({ code, message });
  });

  it('names the right that a privileged port needs', () => {
    const { message } = portError(failure('EACCES'), '127.0.0.1', 1, 'port');
    expect(message).toMatch(/^port must be a port that this user may bind; got 1/);
    expect(message).toMatch(/ports below \d+ are privileged/);
    expect(message).toContain('net.ipv4.ip_unprivileged_port_start');
    expect(message).toContain('setcap cap_net_bind_service');
    expect(portError(failure('EACCES'), 'h', 40_000, 'port').message).not.toContain('privileged');
  });

  it('tells a name without an address from a resolver that does not answer', () => {
    expect(hostError(failure('ENOTFOUND'), 'no.where', 'port').message).toBe(
      'host must be an address or a name of this machine; got "no.where", which has no address ' +
        '(ENOTFOUND)',
    );
    expect(hostError(failure('EAI_AGAIN'), 'no.where', 'port').message).toContain(
      'whose address the resolver cannot find now (EAI_AGAIN)',
    );
  });
});

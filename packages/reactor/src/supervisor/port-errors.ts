/** The errors of a host and a port that cannot be listened on. */
import { HioloadError } from '@hioload/api';
import { readFileSync } from 'node:fs';

/** Makes the error for a port that another socket has. @param pid its process, if it is known */
export function portInUse(
  host: string,
  port: number,
  option: string,
  pid?: number,
  cause?: unknown,
): HioloadError {
  const owner = pid === undefined ? '' : `, by the server of process ${pid}`;
  return new HioloadError(
    'HIOLOAD_PORT_IN_USE',
    `${option}: ${port} is in use (${named(host, port)}${owner}); ` +
      'choose a free port, or 0 for any free port',
    { cause },
  );
}

/**
 * Makes the error for an address that cannot be bound.
 * @param option the name of the port, such as `admin.port`; the host is `admin.host` then
 */
export function portError(
  cause: unknown,
  host: string,
  port: number,
  option: string,
): HioloadError {
  switch (codeOf(cause)) {
    case 'EADDRINUSE':
      return portInUse(host, port, option, undefined, cause);
    case 'EACCES':
      return unavailable(
        `${option} must be a port that this user may bind; got ${port}${privilege(port)}`,
        cause,
      );
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOBUFS':
    case 'ENOMEM':
      return unavailable(
        `${option}: ${named(host, port)} cannot be bound now (${codeOf(cause)})`,
        cause,
      );
    default:
      return hostError(cause, host, option);
  }
}

/** Makes the error for a host that has no address of this machine. */
export function hostError(cause: unknown, host: string, option: string): HioloadError {
  const code = codeOf(cause);
  const allowed = `${option.replace(/port$/, 'host')} must be an address or a name of this machine`;
  const reason =
    code === 'ENOTFOUND'
      ? 'which has no address (ENOTFOUND)'
      : code === 'EAI_AGAIN'
        ? 'whose address the resolver cannot find now (EAI_AGAIN)'
        : `which cannot be bound (${code})`;
  return unavailable(`${allowed}; got ${JSON.stringify(host)}, ${reason}`, cause);
}

const unavailable = (message: string, cause: unknown): HioloadError =>
  new HioloadError('HIOLOAD_ADDRESS_UNAVAILABLE', message, { cause });

/** What an operator can do about a port that belongs to root. */
function privilege(port: number): string {
  const first = firstUnprivilegedPort();
  if (port >= first) return '';
  return (
    `: ports below ${first} are privileged. Take a higher port behind a proxy, lower ` +
    'net.ipv4.ip_unprivileged_port_start, or allow Node the port ' +
    `(setcap cap_net_bind_service=+ep ${process.execPath})`
  );
}

function firstUnprivilegedPort(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
  } catch {
    return 1_024;
  }
}

/** The form of an address in a text. */
function named(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function codeOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException | undefined)?.code ?? String(cause);
}

/** Knows the environment variables that Kubernetes and Docker set for a service named hioload. */

/** The value of a service link, such as tcp://10.96.7.13:9002. */
const ADDRESS = /^(tcp|udp|sctp):\/\/\S+$/;
/** Names that only service links have: `HIOLOAD_PORT_9002_TCP_ADDR`, `HIOLOAD_SERVICE_HOST`. */
const NAME =
  /^HIOLOAD_(\w+_)?(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?|ENV_\w+)$/;

/**
 * Whether a variable is a service link. Kubernetes sets these variables in every container of a
 * namespace that has a service named `hioload` or `hioload-admin`, and nobody who starts a server
 * means them.
 */
export function isServiceLink(name: string, value: string): boolean {
  return NAME.test(name) || (/(^|_)PORT$/.test(name) && ADDRESS.test(value));
}

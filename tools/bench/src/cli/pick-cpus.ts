// Picks the CPUs of the server and of the load.
import type { Topology } from '@hioload/api';

/**
 * Picks a CPU for the server and one for the load. The two are on different cores, because SMT
 * siblings slow each other down, and as near to each other as possible. On a machine with one CPU
 * both are the same.
 */
export function pickCpus({ cpus, allowedCpus }: Topology): {
  readonly server: number;
  readonly load: number;
} {
  const allowed = cpus.filter(({ id }) => allowedCpus.includes(id));
  const [server] = allowed;
  if (server === undefined) return { server: 0, load: 0 };
  const others = allowed.filter(({ id }) => id !== server.id);
  const load =
    others.find(({ core, llc }) => core !== server.core && llc === server.llc) ??
    others.find(({ core }) => core !== server.core) ??
    others[0] ??
    server;
  return { server: server.id, load: load.id };
}

// The tenants of one reactor: decides who may connect, and counts what they use.
import { addCounters, type Counters, newCounters } from '../figures/counters.js';
import { isTenantName } from '../protocol/bounds.js';
import type { Tally } from '../tally/tally.js';
import { connectionsKey } from './keys.js';
import type { QuotaBook } from './quotas.js';
import { Tenant } from './tenant.js';

/** Most tenants that one reactor knows at a time. */
export const MAX_TENANTS = 1_000;

/** The reason why a connection is refused. */
export interface TenantRefusal {
  readonly status: 404 | 429 | 503;
  readonly reason: string;
}

/** The parts that the tenants of a reactor need. */
export interface TenantsParts {
  readonly quotas: QuotaBook;
  readonly tally: Pick<Tally, 'add' | 'total'>;
  readonly reactors: number;
}

/**
 * The tenants that a reactor knows: all with connections, and some that had connections, while
 * there is room.
 */
export class Tenants {
  readonly #parts: TenantsParts;
  readonly #tenants = new Map<string, Tenant>();
  /** The counts of tenants that are no longer known. */
  readonly #former = newCounters();

  constructor(parts: TenantsParts) {
    this.#parts = parts;
  }

  /** Decides whether a tenant may have one more connection. */
  ask(name: string): Tenant | TenantRefusal {
    if (!isTenantName(name))
      return { status: 404, reason: 'No such tenant: lower case letters, digits and dashes.' };
    const tenant = this.#tenants.get(name) ?? this.#meet(name);
    if (tenant === undefined)
      return { status: 503, reason: `This reactor serves ${MAX_TENANTS} tenants already.` };
    const { connections } = tenant.quotas;
    if (this.#parts.tally.total(connectionsKey(name)) < connections) return tenant;
    tenant.counters.refusedConnections++;
    return {
      status: 429,
      reason: `Tenant ${name} has all ${connections} connections of its quota.`,
    };
  }

  /** Counts an accepted connection. */
  enter(tenant: Tenant): void {
    tenant.connections++;
    this.#parts.tally.add(connectionsKey(tenant.name), 1);
  }

  /** Counts a connection that has ended. */
  leave(tenant: Tenant): void {
    tenant.connections--;
    this.#parts.tally.add(connectionsKey(tenant.name), -1);
  }

  /** The known tenants. */
  all(): Iterable<Tenant> {
    return this.#tenants.values();
  }

  /** The counts of all tenants, including those of the past. */
  sum(): Counters {
    const sum = { ...this.#former };
    for (const { counters } of this.#tenants.values()) addCounters(sum, counters);
    return sum;
  }

  #meet(name: string): Tenant | undefined {
    if (this.#tenants.size >= MAX_TENANTS) this.#forgetIdle();
    if (this.#tenants.size >= MAX_TENANTS) return undefined;
    const tenant = new Tenant(name, this.#parts.quotas.of(name), this.#parts.reactors);
    this.#tenants.set(name, tenant);
    return tenant;
  }

  #forgetIdle(): void {
    for (const { name, connections, counters } of [...this.#tenants.values()]) {
      if (connections > 0) continue;
      this.#tenants.delete(name);
      addCounters(this.#former, counters);
    }
  }
}

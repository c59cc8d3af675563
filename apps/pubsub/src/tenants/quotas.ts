// The quotas of tenants: their defaults, and those that the environment sets.
import { isTenantName } from '../protocol/bounds.js';

/** What one tenant may use. */
export interface Quotas {
  /** Open connections, over all reactors. */
  readonly connections: number;
  /** Rooms that somebody is in, over all reactors. */
  readonly topics: number;
  /** Messages said in a second, with a burst of as many. Each reactor grants its share. */
  readonly saysPerSecond: number;
  /** Rooms that one connection may be in. */
  readonly roomsPerConnection: number;
}

/** The quotas of a tenant that has none of its own. */
export const DEFAULT_QUOTAS: Quotas = {
  connections: 1_000,
  topics: 2_000,
  saysPerSecond: 2_000,
  roomsPerConnection: 64,
};

/** Most that any quota can be set to. */
const MAX_QUOTA = 1_000_000;

/** The entry that stands for all tenants without one of their own. */
const EVERYONE = '*';

/** Quotas by tenant. */
export class QuotaBook {
  readonly #everyone: Quotas;
  readonly #own: ReadonlyMap<string, Quotas>;

  constructor(everyone: Quotas = DEFAULT_QUOTAS, own: ReadonlyMap<string, Quotas> = new Map()) {
    this.#everyone = everyone;
    this.#own = own;
  }

  /**
   * Reads quotas as an operator writes them, such as
   * `{ "*": { "connections": 10 }, "acme": { "topics": 5 } }`. What is left out is as for `*`, or
   * as in {@link DEFAULT_QUOTAS}.
   * @throws Error, which names the entry, its value and what is allowed
   */
  static parse(text: string): QuotaBook {
    const table = asObject(parseJson(text), 'the quotas');
    const everyone = readQuotas(EVERYONE, table[EVERYONE] ?? {}, DEFAULT_QUOTAS);
    const own = new Map<string, Quotas>();
    for (const [tenant, entry] of Object.entries(table)) {
      if (tenant === EVERYONE) continue;
      if (!isTenantName(tenant))
        throw invalid(tenant, 'tenant', 'lower case letters, digits and dashes');
      own.set(tenant, readQuotas(tenant, entry, everyone));
    }
    return new QuotaBook(everyone, own);
  }

  /** The quotas of a tenant. */
  of(tenant: string): Quotas {
    return this.#own.get(tenant) ?? this.#everyone;
  }
}

function readQuotas(tenant: string, entry: unknown, fallback: Quotas): Quotas {
  const quotas: Record<string, number> = { ...fallback };
  for (const [name, value] of Object.entries(asObject(entry, `the quotas of ${tenant}`))) {
    if (!Object.hasOwn(DEFAULT_QUOTAS, name))
      throw invalid(name, 'quota', Object.keys(DEFAULT_QUOTAS).join(', '));
    if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > MAX_QUOTA) {
      throw invalid(value, `quota ${name} of ${tenant}`, `a whole number from 0 to ${MAX_QUOTA}`);
    }
    quotas[name] = value as number;
  }
  return quotas as unknown as Quotas;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`the quotas are not JSON: ${(cause as Error).message}`, { cause });
  }
}

function asObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw invalid(value, what, 'an object');
}

function invalid(value: unknown, what: string, allowed: string): Error {
  return new Error(`${what}: ${JSON.stringify(value)} is not allowed; allowed: ${allowed}`);
}

// The quotas of tenants: their defaults, and those that the environment sets.
import { isTenantName } from '../protocol/bounds.js';

/** The quotas of one tenant. */
export interface Quotas {
  /** Most open connections, over all reactors. */
  readonly connections: number;
  /** Most rooms with people, over all reactors. */
  readonly topics: number;
  /** Most messages in a second, with a burst of as many. Each reactor grants its share. */
  readonly saysPerSecond: number;
  /** Most rooms of one connection. */
  readonly roomsPerConnection: number;
}

/** The quotas of a tenant that has none of its own. */
export const DEFAULT_QUOTAS: Quotas = {
  connections: 1_000,
  topics: 2_000,
  saysPerSecond: 2_000,
  roomsPerConnection: 64,
};

/** The largest value of any quota. */
const MAX_QUOTA = 1_000_000;

/** The entry for all tenants without an entry of their own. */
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
   * Parses quotas as an operator writes them, such as
   * `{ "*": { "connections": 10 }, "acme": { "topics": 5 } }`. A missing quota is taken
   * from `*`, or from {@link DEFAULT_QUOTAS}.
   * @throws Error that names the entry, the allowed values and the value that came
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
      throw invalid(name, 'quota', `one of ${Object.keys(DEFAULT_QUOTAS).join(', ')}`);
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
  return new Error(`${what} must be ${allowed}; got ${JSON.stringify(value)}`);
}

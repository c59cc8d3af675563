/** What was refused, and how often, by tenant. */
export class Refusals {
  readonly #byTenant = new Map<string, Map<string, number>>();

  note(tenant: string, reason: string): void {
    const reasons = this.#byTenant.get(tenant) ?? new Map<string, number>();
    this.#byTenant.set(tenant, reasons.set(reason, (reasons.get(reason) ?? 0) + 1));
  }

  /** The refusals as plain objects, for a summary. */
  toJSON(): Record<string, Record<string, number>> {
    return Object.fromEntries(
      [...this.#byTenant].map(([tenant, reasons]) => [tenant, Object.fromEntries(reasons)]),
    );
  }

  /** The refusals in one line; empty if nothing was refused. */
  toString(): string {
    return [...this.#byTenant]
      .map(
        ([tenant, reasons]) =>
          `${tenant}: ${[...reasons].map(([reason, count]) => `${reason} ${count}`).join(', ')}`,
      )
      .join('; ');
  }
}

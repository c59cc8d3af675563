// Counts the rooms of each tenant that have people, over all reactors.
import { Counts } from '../tally/counts.js';

/** Counts the rooms of each tenant that have people, on any reactor. */
export class TopicCount {
  readonly #counts = new Counts();

  of(tenant: string): number {
    return this.#counts.get(tenant);
  }

  /** Notes that the number of people in a room of a tenant changed. */
  note(tenant: string, people: number, before: number): void {
    const change = Number(people > 0) - Number(before > 0);
    if (change !== 0) this.#counts.set(tenant, this.#counts.get(tenant) + change);
  }
}

// Tells the members of a room how many people are there, after the changes of a short time.
import type { Bus } from '@hioload/api';
import { encode } from '../protocol/replies.js';
import type { Tally } from '../tally/tally.js';
import { peopleKey, presenceTopic } from '../tenants/keys.js';

/**
 * Time for which changes of a room are gathered before its members get the new number, in
 * milliseconds.
 */
export const PRESENCE_DELAY_MS = 100;

/** The parts that presence needs. */
export interface PresenceParts {
  readonly life: string;
  readonly publish: Bus['publish'];
  readonly tally: Pick<Tally, 'own' | 'total'>;
}

/**
 * Tells the members on this reactor the number of people in their rooms. When many people come and
 * go at once, each member gets one message in {@link PRESENCE_DELAY_MS}, not one for each person.
 */
export class Presence {
  readonly #parts: PresenceParts;
  /** Changed rooms, by tenant. */
  readonly #changed = new Map<string, Set<string>>();
  #telling: NodeJS.Timeout | undefined;

  constructor(parts: PresenceParts) {
    this.#parts = parts;
  }

  /** Notes that the number of people in a room changed. */
  note(tenant: string, room: string): void {
    if (this.#parts.tally.own(peopleKey(tenant, room)) === 0) return;
    const rooms = this.#changed.get(tenant) ?? new Set();
    this.#changed.set(tenant, rooms.add(room));
    this.#telling ??= setTimeout(() => this.#tell(), PRESENCE_DELAY_MS);
  }

  stop(): void {
    clearTimeout(this.#telling);
  }

  #tell(): void {
    const { life, publish, tally } = this.#parts;
    this.#telling = undefined;
    for (const [tenant, rooms] of this.#changed) {
      for (const room of rooms) {
        const people = tally.total(peopleKey(tenant, room));
        publish(presenceTopic(life, tenant, room), encode({ type: 'presence', room, people }));
      }
    }
    this.#changed.clear();
  }
}

// Tells the members of a room how many people are there, after the changes of a short time.
import type { Bus } from '@hioload/api';
import { encode } from '../protocol/replies.js';
import type { Tally } from '../tally/tally.js';
import { peopleKey, presenceTopic } from '../tenants/keys.js';

/** Time in which changes of a room are gathered before its members are told, in milliseconds. */
export const PRESENCE_DELAY_MS = 100;

/** What presence is told with. */
export interface PresenceParts {
  readonly life: string;
  readonly publish: Bus['publish'];
  readonly tally: Pick<Tally, 'own' | 'total'>;
}

/**
 * Tells the members on this reactor how many people are in their rooms. A room in which many come
 * and go at once costs one message to each member in {@link PRESENCE_DELAY_MS}, not one for each
 * who comes.
 */
export class Presence {
  readonly #parts: PresenceParts;
  /** Rooms that have changed, by tenant. */
  readonly #changed = new Map<string, Set<string>>();
  #telling: NodeJS.Timeout | undefined;

  constructor(parts: PresenceParts) {
    this.#parts = parts;
  }

  /** Notes that another number of people is in a room. */
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

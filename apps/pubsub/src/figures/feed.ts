// Publishes the figures of this reactor once a second to those who watch them.
import type { Bus } from '@hioload/api';
import type { Tenants } from '../tenants/tenants.js';
import type { Counters } from './counters.js';

/** Time between two publishes of the figures, in milliseconds. */
export const FIGURES_MS = 1_000;
/** The topic of figures. It is never the topic of a room, because those begin otherwise. */
export const FIGURES_TOPIC = 'figures';
/** Most tenants in the published figures: the ones that say most. */
export const TENANTS_IN_FIGURES = 50;

/** Figures of one tenant on one reactor. */
export interface TenantFigures extends Readonly<Counters> {
  readonly name: string;
  /** Connections on this reactor. */
  readonly connections: number;
}

/** The counts of one reactor, published each {@link FIGURES_MS}. */
export interface Figures {
  readonly type: 'figures';
  readonly reactor: number;
  readonly reactors: number;
  /** The life of the reactor. When it changes, all counters begin at 0 again. */
  readonly life: string;
  readonly total: Readonly<Counters>;
  readonly tenants: readonly TenantFigures[];
}

/** The parts that figures are taken from. */
export interface FiguresParts {
  readonly reactor: number;
  readonly reactors: number;
  readonly life: string;
  readonly publish: Bus['publish'];
  readonly tenants: Pick<Tenants, 'all' | 'sum'>;
}

/** Publishes the figures of this reactor to all watchers, on any reactor. */
export class FiguresFeed {
  readonly #parts: FiguresParts;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: FiguresParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#timer = setInterval(
      () => void this.#parts.publish(FIGURES_TOPIC, JSON.stringify(this.#take())),
      FIGURES_MS,
    );
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #take(): Figures {
    const { reactor, reactors, life, tenants } = this.#parts;
    const busiest = [...tenants.all()]
      .sort((a, b) => b.counters.said - a.counters.said)
      .slice(0, TENANTS_IN_FIGURES);
    return {
      type: 'figures',
      reactor,
      reactors,
      life,
      total: tenants.sum(),
      tenants: busiest.map(({ name, connections, counters }) => ({
        name,
        connections,
        ...counters,
      })),
    };
  }
}

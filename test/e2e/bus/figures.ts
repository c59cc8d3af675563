// Test support: reads the metrics of a server.
import { eventually } from '@hioload/test-support/waiting';

interface Stats {
  readonly reactors: readonly {
    readonly reactor: number;
    readonly state: string;
    readonly stalled: boolean;
    readonly series: Readonly<Record<string, number>>;
  }[];
  readonly supervisor: { readonly series: Readonly<Record<string, number>> };
  readonly lanes: readonly {
    readonly from: string;
    readonly to: string;
    readonly depthBytes: number;
    readonly full: number;
  }[];
}

/** The figures of a server at one moment. */
export class Figures {
  readonly #stats: Stats;

  private constructor(stats: Stats) {
    this.#stats = stats;
  }

  static async read(adminUrl: string | null): Promise<Figures> {
    return new Figures((await (await fetch(`${adminUrl}/stats.json`)).json()) as Stats);
  }

  /** A series, added up over all reactors. */
  sum(series: string): number {
    return this.#stats.reactors.reduce(
      (sum, reactor) => sum + (reactor.series[series] ?? Number.NaN),
      0,
    );
  }

  of(reactor: number): Stats['reactors'][number] {
    return this.#stats.reactors[reactor]!;
  }

  /** Messages lost because a lane was full: `from>to`, where there were any. */
  get full(): Record<string, number> {
    const lossy = this.#stats.lanes.filter(({ full }) => full > 0);
    return Object.fromEntries(lossy.map(({ from, to, full }) => [`${from}>${to}`, full]));
  }

  get lost(): number {
    return this.#stats.lanes.reduce((sum, { full }) => sum + full, 0);
  }

  /** Messages in lanes: handed over, and neither taken out nor lost with a reactor. */
  get underWay(): number {
    const name = 'ws_bus_messages_total{direction="out"}';
    const out = this.sum(name) + this.#stats.supervisor.series[name]!;
    const taken = this.sum('ws_bus_messages_total{direction="in"}');
    return out - taken - this.sum('ws_messages_dropped_total{reason="reactor_ended"}');
  }
}

/**
 * Waits until all that was published has left the lanes and every lease is home; resolves with the
 * figures.
 */
export async function settledFigures(adminUrl: string | null): Promise<Figures> {
  let figures = await Figures.read(adminUrl);
  let isPending = false;
  await eventually('the lanes are empty and the leases home', () => {
    if (figures.underWay === 0 && figures.sum('ws_bus_leases') === 0) return true;
    if (!isPending) {
      isPending = true;
      void Figures.read(adminUrl).then((latest) => {
        figures = latest;
        isPending = false;
      });
    }
    return false;
  });
  return figures;
}

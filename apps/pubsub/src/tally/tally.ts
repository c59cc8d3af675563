// Adds up counts of all reactors, and forgets those of a reactor that died.
import type { Bus, IncomingMessage, Subscription } from '@hioload/api';
import { type Announcement, type Entries, inPieces, TALLY_TOPIC } from './announcement.js';
import { Counts } from './counts.js';

/** Time for which changes are gathered before they are announced, in milliseconds. */
export const ANNOUNCE_DELAY_MS = 50;
/** Time between two beats, by which a reactor says that it is alive, in milliseconds. */
export const BEAT_MS = 1_000;
/** After so many milliseconds of silence a reactor counts as dead, and its counts as void. */
export const SILENCE_MS = 3_000;

/** The parts that a tally needs. */
export interface TallyParts {
  readonly bus: Pick<Bus, 'publish' | 'subscribe'>;
  /** A name that no other reactor has, which is alive or was alive a moment ago. */
  readonly life: string;
  /** Called for each total that changed, on any reactor. */
  onChange(key: string, total: number, before: number): void;
}

interface Peer {
  readonly counts: Counts;
  heardAtMs: number;
}

/**
 * Adds up counts over all reactors. Each reactor counts for itself and announces its changes. The
 * view of a reactor is late by {@link ANNOUNCE_DELAY_MS} and the time of a message. After a loss on
 * a full lane the whole list is announced again. The counts of a reactor that died without a
 * goodbye are void after {@link SILENCE_MS}.
 */
export class Tally {
  readonly #parts: TallyParts;
  readonly #own = new Counts();
  readonly #totals = new Counts();
  readonly #peers = new Map<string, Peer>();
  /** Keys whose counts must be announced. */
  readonly #changed = new Set<string>();
  #owesWholeList = false;
  #subscription: Subscription | undefined;
  #beat: NodeJS.Timeout | undefined;
  /** The time of its last message. */
  #beatAtMs = 0;
  #announcing: NodeJS.Timeout | undefined;

  constructor(parts: TallyParts) {
    this.#parts = parts;
  }

  /** Begins to announce and to listen. */
  start(): void {
    this.#subscription = this.#parts.bus.subscribe(TALLY_TOPIC, (_, message) =>
      this.#hear(message),
    );
    this.#beatAtMs = performance.now();
    this.#beat = setInterval(() => this.#onBeat(), BEAT_MS);
    this.#publish({ life: this.#parts.life, kind: 'ask', of: null });
    this.#oweWholeList();
  }

  /** Withdraws the counts of this reactor everywhere, and stays silent afterwards. */
  stop(): void {
    clearInterval(this.#beat);
    clearTimeout(this.#announcing);
    this.#subscription?.unsubscribe();
    this.#publish({ life: this.#parts.life, kind: 'bye' });
  }

  /** Changes a count of this reactor. */
  add(key: string, amount: number): void {
    this.#own.set(key, this.#own.get(key) + amount);
    this.#changed.add(key);
    this.#announceSoon();
    this.#addToTotal(key, amount);
  }

  /** A count of this reactor. */
  own(key: string): number {
    return this.#own.get(key);
  }

  /** The total over all reactors, as far as this reactor knows. */
  total(key: string): number {
    return this.#totals.get(key);
  }

  #hear(message: IncomingMessage): void {
    const heard = message.json<Announcement>();
    const { life } = this.#parts;
    if (heard.life === life) return;
    const peer = this.#peers.get(heard.life);
    if (peer !== undefined) peer.heardAtMs = performance.now();
    if (heard.kind === 'bye') this.#forget(heard.life);
    else if (heard.kind === 'counts') this.#take(heard.life, peer, heard.begins, heard.entries);
    else if (heard.kind === 'beat' && peer === undefined)
      this.#publish({ life, kind: 'ask', of: heard.life });
    else if (heard.kind === 'ask' && (heard.of === life || heard.of === null)) this.#oweWholeList();
  }

  #take(life: string, known: Peer | undefined, begins: boolean, entries: Entries): void {
    // Changes say little about a reactor whose list was missed. Its next beat leads to a whole
    // list.
    if (known === undefined && !begins) return;
    if (begins) this.#forget(life);
    const peer = (begins ? undefined : known) ?? {
      counts: new Counts(),
      heardAtMs: performance.now(),
    };
    this.#peers.set(life, peer);
    for (const [key, count] of entries) {
      const before = peer.counts.get(key);
      peer.counts.set(key, count);
      this.#addToTotal(key, count - before);
    }
  }

  #forget(life: string): void {
    const peer = this.#peers.get(life);
    this.#peers.delete(life);
    for (const [key, count] of peer?.counts.entries() ?? []) this.#addToTotal(key, -count);
  }

  #addToTotal(key: string, amount: number): void {
    if (amount === 0) return;
    const before = this.#totals.get(key);
    this.#totals.set(key, before + amount);
    this.#parts.onChange(key, before + amount, before);
  }

  #onBeat(): void {
    const nowMs = performance.now();
    const stoodStill = nowMs - this.#beatAtMs > 2 * BEAT_MS;
    this.#beatAtMs = nowMs;
    // A reactor that stood still heard nothing meanwhile. The messages of the others are still to
    // come.
    if (!stoodStill) this.#forgetSilent(nowMs - SILENCE_MS);
    this.#publish({ life: this.#parts.life, kind: 'beat' });
    if (this.#owesWholeList) this.#announceSoon();
  }

  #forgetSilent(sinceMs: number): void {
    for (const [life, { heardAtMs }] of [...this.#peers])
      if (heardAtMs < sinceMs) this.#forget(life);
  }

  #oweWholeList(): void {
    this.#owesWholeList = true;
    this.#announceSoon();
  }

  #announceSoon(): void {
    this.#announcing ??= setTimeout(() => this.#announce(), ANNOUNCE_DELAY_MS);
  }

  #announce(): void {
    this.#announcing = undefined;
    let begins = this.#owesWholeList;
    this.#owesWholeList = false;
    const entries = begins
      ? this.#own.entries()
      : [...this.#changed].map((key) => [key, this.#own.get(key)] as const);
    this.#changed.clear();
    for (const piece of inPieces(entries)) {
      this.#publish({ life: this.#parts.life, kind: 'counts', begins, entries: piece });
      begins = false;
    }
  }

  #publish(announcement: Announcement): void {
    const { lanesFull } = this.#parts.bus.publish(TALLY_TOPIC, JSON.stringify(announcement));
    // A reactor that missed the announcement gets it with the next beat, when the lane has had time
    // to empty.
    if (lanesFull > 0) this.#owesWholeList = true;
  }
}

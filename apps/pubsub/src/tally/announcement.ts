// The messages by which reactors tell each other their counts, and their division into pieces.

/** Counts by key. */
export type Entries = readonly (readonly [key: string, count: number])[];

/**
 * A message between reactors about their counts. `life` names one run of one reactor: its
 * replacement has another.
 *
 * `counts`: these keys have these counts now (absolute, so that hearing one twice does no harm);
 * with `begins` it is the start of a whole list, which later ones continue. `beat`: still there.
 * `ask`: whoever has the life `of`, or everyone, is to send a whole list. `bye`: its counts are
 * void.
 */
export type Announcement = { readonly life: string } & (
  | { readonly kind: 'counts'; readonly begins: boolean; readonly entries: Entries }
  | { readonly kind: 'beat' }
  | { readonly kind: 'ask'; readonly of: string | null }
  | { readonly kind: 'bye' }
);

/** The topic of announcements. It is never the topic of a room, because those begin otherwise. */
export const TALLY_TOPIC = 'tally';

/** Most entries of one announcement. */
export const ENTRIES_PER_ANNOUNCEMENT = 500;

/**
 * Cuts a list into pieces of {@link ENTRIES_PER_ANNOUNCEMENT}. An empty list gives one empty piece.
 */
export function inPieces(entries: Entries): Entries[] {
  const pieces: Entries[] = [];
  let at = 0;
  do pieces.push(entries.slice(at, (at += ENTRIES_PER_ANNOUNCEMENT)));
  while (at < entries.length);
  return pieces;
}

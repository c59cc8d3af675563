/** Copies of texts that keep nothing else alive. */

/** V8 copies a shorter part of a text; a part of this length or more refers to the whole text. */
const SHORTEST_SLICE = 13;
const MAX_LATIN1 = 0xff;

/**
 * A text that keeps no other text alive. What `slice` or `split` gives is often a view of the whole
 * text: a topic of 16 characters from a message of 1 MB would keep the message in memory. Call it
 * for each text that comes from outside and is kept.
 */
export function ownText(text: string): string {
  if (text.length < SHORTEST_SLICE) return text;
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > MAX_LATIN1) return Buffer.from(text, 'utf16le').toString('utf16le');
  }
  return Buffer.from(text, 'latin1').toString('latin1');
}

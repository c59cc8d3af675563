/** Reads the text, the stack and the code of a thrown value, which can be anything. */

/**
 * Longest text of a thrown value, in UTF-16 units. The application or a peer may have chosen the
 * text, so its length is limited.
 */
const MAX_TEXT = 2_000;
const MAX_STACK = 8_000;
const MAX_CODE = 100;

/**
 * The text of a thrown value, cut at {@link MAX_TEXT} units. Anything can be thrown, even an object
 * that throws when it is read. This function never throws.
 */
export function textOfThrown(thrown: unknown): string {
  try {
    return cut(String(thrown instanceof Error ? thrown.message : thrown), MAX_TEXT);
  } catch {
    return 'a value that cannot be printed';
  }
}

/** The stack of a thrown error, cut at {@link MAX_STACK} units; else undefined. Never throws. */
export function stackOfThrown(thrown: unknown): string | undefined {
  try {
    return thrown instanceof Error && thrown.stack !== undefined
      ? cut(String(thrown.stack), MAX_STACK)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The code of a thrown error, such as a `HioloadError` or an error of Node; else undefined. Never
 * throws.
 */
export function codeOfThrown(thrown: unknown): string | undefined {
  try {
    const code: unknown = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    return typeof code === 'string' ? cut(code, MAX_CODE) : undefined;
  } catch {
    return undefined;
  }
}

function cut(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}... (${text.length - limit} more)` : text;
}

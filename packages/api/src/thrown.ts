/**
 * Longest text of a thrown value that is passed on, in UTF-16 units: what it says is the
 * application's, or a peer's.
 */
const MAX_TEXT = 2_000;
const MAX_STACK = 8_000;
const MAX_CODE = 100;

/**
 * What a thrown value says of itself, cut at 2,000 units. Anything can be thrown, also what throws
 * when it is looked at: this never throws.
 */
export function textOfThrown(thrown: unknown): string {
  try {
    return cut(String(thrown instanceof Error ? thrown.message : thrown), MAX_TEXT);
  } catch {
    return 'a value that cannot be printed';
  }
}

/** The stack of a thrown error, cut at 8,000 units; undefined where there is none. Never throws. */
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
 * The code of a thrown error, such as those of `HioloadError` and of Node; undefined where there is
 * none. Never throws.
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

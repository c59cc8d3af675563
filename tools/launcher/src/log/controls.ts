/** Escapes the characters of a text that must not reach a log as they are. */

/**
 * Control characters, the marks that turn the direction of text, and the separators of lines. Text
 * of a peer must not begin a line of its own, must not control the terminal that shows the log, and
 * must not show its characters in another order.
 */
const CONTROLS =
  // oxlint-disable-next-line no-control-regex -- the regular expression looks for these characters
  /[\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/g;

/** Escapes the control characters of a text as JSON does. */
export function escapeControls(text: string): string {
  return text.replaceAll(CONTROLS, (control) =>
    control < ' '
      ? JSON.stringify(control).slice(1, -1)
      : `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

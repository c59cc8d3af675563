// Renders the page of errors and close codes as Markdown.

/** @typedef {{ meaning: string, remedy: string, closeCode?: number }} ErrorRow */
/**
 * @typedef {{ code: number, meaning: string, mayBeSent: boolean, reconnect: boolean }} CloseCodeRow
 */

/**
 * The page of errors and close codes, in Markdown.
 * @param {Readonly<Record<string, ErrorRow>>} errors
 * @param {readonly CloseCodeRow[]} closeCodes
 */
export function renderErrors(errors, closeCodes) {
  const sources = 'packages/api/src/errors.ts and close-codes.ts';
  return `<!-- Generated from ${sources} by \`npm run docs\`: change those. -->

# Errors and close codes

A \`HioloadError\` has a stable \`code\`. Its message names the thing, the allowed values and the
value that it got. A running server expects some outcomes, such as a full queue: these are return
values and not errors.

Some errors end the connection of a peer. The peer then sees the close code. The last column says
whether a client should connect again, with backoff.

${table(
  ['code', 'meaning', 'what to do', 'close code', 'reconnect'],
  Object.entries(errors).map(([code, { meaning, remedy, closeCode }]) => [
    `\`${code}\``,
    meaning,
    remedy,
    closeCode === undefined ? '-' : String(closeCode),
    closeCode === undefined ? '-' : yesOrNo(reconnects(closeCode, closeCodes)),
  ]),
)}

## Close codes

The codes come from RFC 6455 section 7.4 and the IANA registry. Applications may use 3000 to 4999
too. A code that is never sent tells an application on one side how its connection ended.

${table(
  ['close code', 'meaning', 'sent', 'reconnect'],
  closeCodes.map(({ code, meaning, mayBeSent, reconnect }) => [
    String(code),
    meaning,
    yesOrNo(mayBeSent),
    yesOrNo(reconnect),
  ]),
)}
`;
}

/** @param {number} closeCode @param {readonly CloseCodeRow[]} closeCodes */
function reconnects(closeCode, closeCodes) {
  const row = closeCodes.find(({ code }) => code === closeCode);
  if (row === undefined)
    throw new Error(`close code ${closeCode} of an error has no row in CLOSE_CODE_TABLE`);
  return row.reconnect;
}

/** @param {boolean} value */
function yesOrNo(value) {
  return value ? 'yes' : 'no';
}

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
function table(head, rows) {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

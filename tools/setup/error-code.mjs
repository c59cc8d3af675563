/** The code of a system error, such as `ENOENT`. @param {unknown} error */
export function codeOf(error) {
  return /** @type {NodeJS.ErrnoException | undefined} */ (error)?.code;
}

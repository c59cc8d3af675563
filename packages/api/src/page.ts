/** The pages of an application, on the port of its WebSockets. */

/**
 * A page: the answer to a plain GET or HEAD of its path, on the port of the WebSockets. An
 * application can serve its front end with pages. The framework is not a file server: it has no
 * ranges, no compression and no second request on a connection.
 */
export interface Page {
  /** The Content-Type field (RFC 9110 section 8.3), such as `text/html; charset=utf-8`. */
  readonly type: string;
  /** A string is sent as UTF-8. Bytes must not change as long as the page is served. */
  readonly body: string | Uint8Array;
}

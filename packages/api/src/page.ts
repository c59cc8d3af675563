/**
 * A file that is served beside the WebSockets, on the same port: what a plain GET or HEAD of its
 * path is answered with, so that an application can bring its front end along. It is not a file
 * server: there are no ranges, no compression, no further requests on the connection.
 */
export interface Page {
  /** Value of its Content-Type field (RFC 9110 section 8.3), such as `text/html; charset=utf-8`. */
  readonly type: string;
  /** A string is sent as UTF-8. Bytes must not be changed as long as the page is served. */
  readonly body: string | Uint8Array;
}

/* The rules that `uws` does not keep, each with what happens instead. */
import type { Exemption } from '@hioload/api';

/**
 * Rules that uWebSockets.js does not let this transport keep. For each rule, a test shows what
 * happens today. The test fails where a newer build keeps the rule; then the entry can go.
 */
export const UWS_EXEMPTIONS: readonly Exemption[] = [
  {
    id: 'mask-bit-unchecked',
    rule: 'an unmasked frame of a client fails the connection with 1002 (RFC 6455 section 5.1)',
    instead:
      'the first four payload bytes are taken for the mask, and the frame waits for four more',
  },
  {
    id: 'length-form-unchecked',
    rule:
      'a length in more bytes than it needs fails the connection with 1002 (RFC 6455 ' +
      'section 5.2)',
    instead: 'the frame is accepted',
  },
  {
    id: 'one-byte-close-payload',
    rule:
      'a close frame with a payload of one byte fails the connection with 1002 (RFC 6455 ' +
      'section 5.5.1)',
    instead: 'the frame counts as a close frame without a payload: 1005',
  },
  {
    id: 'close-codes-above-1011',
    rule:
      'close codes 1012..1014 and 3000..3999 of a peer are valid and echoed (RFC 6455 ' +
      'section 7.4.2)',
    instead: 'the answer is an empty close frame, and the close hook sees 1006',
  },
  {
    id: 'invalid-close-answered-empty',
    rule: 'a close frame with an invalid code or reason fails the connection with 1002 or 1007',
    instead: 'the answer is an empty close frame, and the close hook sees 1006',
  },
  {
    id: 'no-close-frame',
    rule: 'a broken rule fails the connection with a close frame: 1002, 1007 or 1009',
    instead: 'the connection is cut without a close frame: both sides see 1006',
  },
  {
    id: 'replies-lost-before-bad-frame',
    rule: 'what the message hook sends goes out, whatever the peer has sent behind the message',
    instead:
      'where a frame that breaks a rule comes in the same read behind valid messages, all that ' +
      'was sent to the connection in their hooks is lost, though `send` said Sent and the ' +
      'messages count as sent',
  },
  {
    id: 'utf8-checked-at-end',
    rule:
      'text that is not UTF-8 fails the connection as soon as the bytes prove it (RFC 6455 ' +
      'section 8.1)',
    instead: 'the connection fails when the last fragment is there',
  },
  {
    id: 'fragments-unbounded',
    rule:
      'a message of more than 1,024 fragments, empty ones included, fails the connection ' +
      'with 1008',
    instead: 'only the bytes are limited: empty fragments may come without end',
  },
  {
    id: 'binary-inside-message',
    rule:
      'a frame that starts a new message before the last one ended fails the connection ' +
      'with 1002 (RFC 6455 section 5.4)',
    instead:
      'a frame with the opcode of binary counts as a continuation; a frame with the opcode ' +
      'of text fails the connection',
  },
  {
    id: 'fragments-summed-late',
    rule:
      'fragments that exceed the limit of a message fail the connection at the header of ' +
      'the first fragment beyond the limit',
    instead: 'they fail the connection when the payload of that fragment comes',
  },
  {
    id: 'message-assembly-unbounded',
    rule: 'a message that is not complete within 30 seconds fails the connection with 1008',
    instead: 'the message may take for ever, as long as bytes arrive within the idle timeout',
  },
  {
    id: 'partial-messages-unshared',
    rule:
      'unfinished messages take part in the memory budget: the connections that hold the most ' +
      'are closed with 1013',
    instead:
      'each connection may hold one message of maxPayloadBytes, because the native library shows ' +
      'no message before its end: bound the sum by maxConnections and maxConnectionsPerAddress',
  },
  {
    id: 'glued-frames-lost',
    rule: 'bytes that follow the handshake in the same write are frames (RFC 6455 section 4.1)',
    instead: 'frames in the same read as the end of the handshake are lost',
  },
  {
    id: 'early-frames-505',
    rule: 'frames that come while an upgrade hook decides wait for the decision',
    instead:
      'the frames count as another request: the handshake is answered with 505, and the ' +
      'signal of the hook aborts',
  },
  {
    id: 'split-handshake-505',
    rule: 'a handshake may arrive in pieces of any size',
    instead: 'a handshake that is cut within its first line may be answered with 505',
  },
  {
    id: 'malformed-head-unanswered',
    rule: 'a header line without a colon, and a bare CR or LF, are answered with 400',
    instead: 'nothing is answered; the connection is cut after 10 seconds',
  },
  {
    id: 'bare-request-unanswered',
    rule: 'a request without any field is answered with 400 (RFC 9112 section 3.2)',
    instead: 'nothing is answered; the connection is cut after 10 seconds or a little more',
  },
  {
    id: 'empty-line-unanswered',
    rule: 'empty lines before a request are passed over (RFC 9112 section 2.2)',
    instead: 'nothing is answered; the connection is cut after 10 seconds or a little more',
  },
  {
    id: 'nameless-field-ends-head',
    rule: 'a field without a name is answered with 400 (RFC 9112 section 5)',
    instead: 'this field and all fields after it are passed over',
  },
  {
    id: 'high-octets-lost',
    rule: 'the octets of a field value reach the application (RFC 9110 section 5.5)',
    instead:
      'octets above 0x7f at the start and at the end of a value are lost, in Host too: a host ' +
      'with such octets at its ends passes without them',
  },
  {
    id: 'values-must-be-utf8',
    rule: 'a field value may have octets above 0x7f in any order (RFC 9110 section 5.5)',
    instead:
      'a request with a value that is not UTF-8, or that has the character U+FFFD, is answered ' +
      'with 400',
  },
  {
    id: 'handshake-timeout-fixed',
    rule: 'a request that is not complete within handshakeTimeoutSeconds is answered with 408',
    instead:
      'the connection is cut after 10 seconds or a little more, without an answer, for ' +
      'every value of the limit',
  },
  {
    id: 'unfinished-handshakes-unbounded',
    rule: 'connections whose request is not whole are limited by maxUnfinishedHandshakes',
    instead: 'any number may wait, each for 10 seconds or a little more',
  },
  {
    id: 'pipelined-refusal-cut',
    rule: 'a refused request is answered, also where more bytes follow it',
    instead:
      'where another request follows in the same read, the connection is cut without an answer',
  },
  {
    id: 'http-version-505',
    rule:
      'a request of another version than HTTP/1.1, or with a malformed first line, is answered ' +
      'with 400',
    instead: 'the request is answered with 505',
  },
  {
    id: 'absolute-target-505',
    rule: 'the target of a request may be a URL; its path counts (RFC 9112 section 3.2.2)',
    instead: 'the request is answered with 505',
  },
  {
    id: 'head-lines-98',
    rule: 'a handshake may have 100 header lines (431 beyond)',
    instead: 'a handshake may have 98 header lines (431 beyond)',
  },
  {
    id: 'head-limit-4-kib',
    rule: 'a request may have a head of maxHeadBytes (431 beyond)',
    instead:
      'a request may have a head of 4 KiB (431 beyond), or of UWS_HTTP_MAX_HEADERS_SIZE, if the ' +
      'environment has it before the module loads: a server sets it to the limit of its operator',
  },
  {
    id: 'pong-lost-when-full',
    rule: 'every ping is answered, or at least the last one (RFC 6455 section 5.5.2)',
    instead: 'pings that arrive while the outbound queue is full are not answered',
  },
  {
    id: 'close-frame-lost-when-full',
    rule: 'a close frame goes out behind everything that is queued',
    instead:
      'while the outbound queue is full, no close frame goes out: the peer gets the queued ' +
      'messages, then sees 1006',
  },
  {
    id: 'terminate-answers-on',
    rule: 'nothing goes out after terminate',
    instead:
      'where a hook has sent something before it calls terminate, pings and a close frame that ' +
      'came in the same read are still answered',
  },
  {
    id: 'half-closed-peer-cut',
    rule: 'a peer that shuts its sending side still gets what is queued for it',
    instead: 'the connection is cut at once, and its queue is lost, the rest of a page too',
  },
  {
    id: 'close-answer-not-awaited',
    rule:
      'the side that starts the close handshake waits for the answer of the peer (RFC 6455 ' +
      'section 7.1.1)',
    instead:
      'the close hook runs at once, and a peer that does not answer is cut within 16 seconds',
  },
  {
    id: 'head-page-kept-open',
    rule: 'the connection is closed after the answer to a GET or a HEAD of a page',
    instead:
      'after the answer to a HEAD, or with a page longer than 64 KiB, the connection stays open ' +
      'until the peer closes or sends more, or sends nothing for ten seconds',
  },
  {
    id: 'short-pages-unbounded',
    rule: 'connections that are getting a page are limited by maxPageConnections',
    instead:
      'only connections that are getting a page longer than 64 KiB are limited; any number may ' +
      'get shorter pages, each for ten seconds or a little more',
  },
  {
    id: 'idle-timeout-coarse',
    rule: 'a silent connection is cut when the idle timeout has passed',
    instead:
      'the cut comes up to four seconds earlier or later: the clock ticks every four seconds',
  },
  {
    id: 'no-compression',
    rule:
      'a connection has compression where the application asks for it and the client offers ' +
      'it (RFC 7692)',
    instead:
      'no connection has an extension: the native library cannot bound the memory of contexts',
  },
  {
    id: 'published-losses-undercounted',
    rule: 'each message that a full queue turns away is counted and told to the dropped hook',
    instead:
      'of the messages that were published to a connection in one turn, only the first is ' +
      'counted and told',
  },
  {
    id: 'published-loss-cuts-later',
    rule: 'under the policy close nothing goes out after the message that was lost',
    instead:
      'after the loss of a published message, older queued messages may go out until the ' +
      'end of the turn, but nothing newer',
  },
];

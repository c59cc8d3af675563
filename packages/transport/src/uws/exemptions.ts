import type { Exemption } from '@hioload/api';

/**
 * Where uWebSockets.js does not let this transport keep a rule. A test shows for each what happens
 * today; where a newer build does better it fails, and the entry can go.
 */
export const UWS_EXEMPTIONS: readonly Exemption[] = [
  {
    id: 'mask-bit-unchecked',
    rule: 'an unmasked frame of a client fails the connection with 1002 (RFC 6455 section 5.1)',
    instead: 'its first four payload bytes are taken for the mask, and it waits for four more',
  },
  {
    id: 'length-form-unchecked',
    rule:
      'a length in more bytes than it needs fails the connection with 1002 (RFC 6455 ' +
      'section 5.2)',
    instead: 'it is taken',
  },
  {
    id: 'one-byte-close-payload',
    rule:
      'a close frame with a payload of one byte fails the connection with 1002 (RFC 6455 ' +
      'section 5.5.1)',
    instead: 'it is taken for one without a payload: 1005',
  },
  {
    id: 'close-codes-above-1011',
    rule:
      'close codes 1012..1014 and 3000..3999 of a peer are valid and echoed (RFC 6455 ' +
      'section 7.4.2)',
    instead: 'they are answered with an empty close frame, and the close hook sees 1006',
  },
  {
    id: 'invalid-close-answered-empty',
    rule: 'a close frame with an invalid code or reason fails the connection with 1002 or 1007',
    instead: 'it is answered with an empty close frame, and the close hook sees 1006',
  },
  {
    id: 'no-close-frame',
    rule: 'a broken rule fails the connection with a close frame that names it: 1002, 1007, 1009',
    instead: 'the connection is cut without one: both sides see 1006',
  },
  {
    id: 'utf8-checked-at-end',
    rule:
      'text that is not UTF-8 fails the connection as soon as the bytes prove it (RFC 6455 ' +
      'section 8.1)',
    instead: 'it fails when the last fragment is there',
  },
  {
    id: 'fragments-unbounded',
    rule:
      'a message of more than 1,024 fragments, empty ones included, fails the connection ' +
      'with 1008',
    instead: 'only its bytes are limited: empty fragments come without end',
  },
  {
    id: 'binary-inside-message',
    rule:
      'a frame that starts a new message before the last one ended fails the connection ' +
      'with 1002 (RFC 6455 section 5.4)',
    instead:
      'one with the opcode of binary is taken for a continuation; one with the opcode of ' +
      'text fails',
  },
  {
    id: 'fragments-summed-late',
    rule:
      'fragments that together pass the limit of a message fail the connection by the ' +
      'header of the one too many',
    instead: 'they fail it when its payload comes',
  },
  {
    id: 'message-assembly-unbounded',
    rule: 'a message that is not complete within 30 seconds fails the connection with 1008',
    instead: 'it may take for ever, as long as something arrives within the idle timeout',
  },
  {
    id: 'glued-frames-lost',
    rule: 'bytes that follow the handshake in the same write are frames (RFC 6455 section 4.1)',
    instead: 'they are lost where they arrive in the same read as the end of the handshake',
  },
  {
    id: 'early-frames-505',
    rule: 'frames that come while an upgrade hook decides wait until it has',
    instead:
      'they are taken for another request: the handshake is answered with 505, and the ' +
      'signal of the hook aborts',
  },
  {
    id: 'split-handshake-505',
    rule: 'a handshake may arrive in pieces of any size',
    instead: 'one that is cut within its first line may be answered with 505',
  },
  {
    id: 'malformed-head-unanswered',
    rule: 'a header line without a colon, and a bare CR or LF, are answered with 400',
    instead: 'there is no answer; the connection is cut after 10 seconds',
  },
  {
    id: 'handshake-timeout-fixed',
    rule: 'a request that is not complete within handshakeTimeoutSeconds is answered with 408',
    instead:
      'its connection is cut after 10 seconds or a little more, without an answer and ' +
      'whatever the limit',
  },
  {
    id: 'unfinished-handshakes-unbounded',
    rule: 'connections whose request is not whole are limited by maxUnfinishedHandshakes',
    instead: 'any number waits, each for 10 seconds or a little more',
  },
  {
    id: 'pipelined-refusal-cut',
    rule: 'a request that is refused is answered, whatever follows it',
    instead:
      'where another request follows in the same read, the connection is cut without an answer',
  },
  {
    id: 'http-version-505',
    rule: 'a request of another version than HTTP/1.1 is answered with 400',
    instead: 'it is answered with 505',
  },
  {
    id: 'absolute-target-505',
    rule: 'the target of a request may be a URL, of which the path counts (RFC 9112 section 3.2.2)',
    instead: 'it is answered with 505',
  },
  {
    id: 'head-lines-98',
    rule: 'a handshake may have 100 header lines (431 beyond)',
    instead: '98 (431 beyond)',
  },
  {
    id: 'head-limit-4-kib',
    rule: 'a handshake may have 8 KiB of head (431 beyond)',
    instead:
      '4 KiB, unless UWS_HTTP_MAX_HEADERS_SIZE is in the environment before the module ' +
      'loads (431 beyond)',
  },
  {
    id: 'pong-lost-when-full',
    rule: 'every ping is answered, or at least the last one (RFC 6455 section 5.5.2)',
    instead: 'pings that arrive while the outbound queue is full are not answered',
  },
  {
    id: 'close-frame-lost-when-full',
    rule: 'the close frame is the last that goes out',
    instead:
      'while the outbound queue is full none goes out: the peer gets what is queued, then ' +
      'sees 1006',
  },
  {
    id: 'close-answer-not-awaited',
    rule:
      'whoever starts the close handshake waits for the answer of the peer (RFC 6455 ' +
      'section 7.1.1)',
    instead:
      'the close hook runs at once, and a peer that does not answer is cut within 16 seconds',
  },
  {
    id: 'head-page-kept-open',
    rule: 'the connection is closed after the answer to a GET or a HEAD of a page',
    instead:
      'after the answer to a HEAD it stays open until the peer sends more, or nothing for ' +
      'ten seconds',
  },
  {
    id: 'idle-timeout-coarse',
    rule: 'a silent connection is cut when the idle timeout has passed',
    instead: 'up to four seconds sooner or later: its clock ticks every four',
  },
  {
    id: 'no-compression',
    rule:
      'compression is agreed upon where the application asks for it and the client offers ' +
      'it (RFC 7692)',
    instead:
      'no extension is agreed upon: the native library cannot bound the memory of its contexts',
  },
  {
    id: 'published-losses-undercounted',
    rule: 'each message that a full queue turns away is counted and told to the dropped hook',
    instead: 'of messages that were published to a connection in one turn only the first is',
  },
  {
    id: 'published-loss-cuts-later',
    rule: 'under the policy close nothing goes out after the message that was lost',
    instead:
      'after a published one, what was queued before it may go out until the end of the ' +
      'turn, but nothing newer',
  },
];

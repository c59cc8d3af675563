/* The HTTP answers to handshakes that are not accepted. */
import { AdmissionVerdict, Metric } from '@hioload/api';
import { HANDSHAKE_REFUSALS, HandshakeFault } from '@hioload/protocol';

/** One such answer, and the cell of the metrics that counts it. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body: plain text. */
  readonly reason: string;
  readonly metric: number;
}

const RETRY = { 'Retry-After': '1' };

const busy = (status: 429 | 503, reason: string, metric: number): Refusal => ({
  status,
  headers: RETRY,
  reason,
  metric,
});

const faulty = (fault: HandshakeFault, metric: number): Refusal => ({
  ...HANDSHAKE_REFUSALS[fault],
  metric,
});

/** The answers to heads that are no opening handshake. */
export const FAULT_REFUSALS: { readonly [Fault in HandshakeFault]: Refusal } = {
  [HandshakeFault.Method]: faulty(HandshakeFault.Method, Metric.RejectedMethod),
  [HandshakeFault.NotAnUpgrade]: faulty(HandshakeFault.NotAnUpgrade, Metric.RejectedNotUpgrade),
  [HandshakeFault.Host]: faulty(HandshakeFault.Host, Metric.RejectedBadRequest),
  [HandshakeFault.Repeated]: faulty(HandshakeFault.Repeated, Metric.RejectedBadRequest),
  [HandshakeFault.Length]: faulty(HandshakeFault.Length, Metric.RejectedBadRequest),
  [HandshakeFault.Body]: faulty(HandshakeFault.Body, Metric.RejectedBadRequest),
  [HandshakeFault.Version]: faulty(HandshakeFault.Version, Metric.RejectedVersion),
  [HandshakeFault.Key]: faulty(HandshakeFault.Key, Metric.RejectedBadRequest),
  [HandshakeFault.Protocols]: faulty(HandshakeFault.Protocols, Metric.RejectedBadRequest),
};

/** The answers to handshakes that the admission does not let in. */
export const VERDICT_REFUSALS: {
  readonly [Verdict in Exclude<AdmissionVerdict, 'admitted'>]: Refusal;
} = {
  [AdmissionVerdict.Full]: busy(503, 'The server is full.', Metric.RejectedFull),
  [AdmissionVerdict.AddressFull]: busy(
    429,
    'Too many connections from this address.',
    Metric.RejectedAddressFull,
  ),
  [AdmissionVerdict.TooFast]: busy(503, 'Too many handshakes at once.', Metric.RejectedTooFast),
  [AdmissionVerdict.Draining]: busy(503, 'The server is going away.', Metric.RejectedDraining),
};

export const MALFORMED_REFUSAL: Refusal = {
  status: 400,
  headers: {},
  reason: 'The request is not HTTP/1.1.',
  metric: Metric.RejectedBadRequest,
};
export const TOO_LARGE_REFUSAL: Refusal = {
  status: 431,
  headers: {},
  reason: 'The head of the request is too large.',
  metric: Metric.RejectedTooLarge,
};
export const EXTENSIONS_REFUSAL: Refusal = {
  status: 400,
  headers: {},
  reason: 'Sec-WebSocket-Extensions is malformed.',
  metric: Metric.RejectedBadRequest,
};
export const PATH_REFUSAL: Refusal = {
  status: 404,
  headers: {},
  reason: 'Nothing is served at this path.',
  metric: Metric.RejectedPath,
};
export const ORIGIN_REFUSAL: Refusal = {
  status: 403,
  headers: {},
  reason: 'This origin may not connect.',
  metric: Metric.RejectedOrigin,
};
export const HOST_REFUSAL: Refusal = {
  status: 421,
  headers: {},
  reason: 'This host is not served here.',
  metric: Metric.RejectedHost,
};
export const FAULT_REFUSAL: Refusal = {
  status: 500,
  headers: {},
  reason: 'The server met an error.',
  metric: Metric.RejectedFault,
};
export const REQUEST_TIMEOUT_REFUSAL: Refusal = {
  status: 408,
  headers: {},
  reason: 'The request took too long.',
  metric: Metric.RejectedTimeout,
};
export const UNFINISHED_REFUSAL: Refusal = busy(
  503,
  'Too many requests are unfinished.',
  Metric.RejectedUnfinished,
);
export const TIMEOUT_REFUSAL: Refusal = busy(
  503,
  'The handshake took too long.',
  Metric.RejectedTimeout,
);

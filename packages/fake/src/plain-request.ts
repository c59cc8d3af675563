// Plain HTTP requests to the fake transport, and their answers.
import { isHostAllowed, Metric, type TransportOptions } from '@hioload/api';
import { copyOf } from './captured.js';
import { type FakeFields, judgeFields, servesPath } from './rules.js';

/** A request that asks for no WebSocket. */
export interface FakeRequest {
  /** Path with its query. */
  readonly path: string;
  /** Default: `GET`. */
  readonly method?: string;
  /** More header fields; a list stands for repeated fields. */
  readonly headers?: FakeFields;
  /** Whether the request has a Host field. Default: true, with `localhost`. */
  readonly hasHost?: boolean;
}

/** The answer to a plain request. */
export interface FakeAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** Empty for a HEAD. */
  readonly body: Uint8Array;
}

/**
 * Answers a plain request: with a page, or with the first reason why the request is not an opening
 * handshake.
 */
export function answerPlain(
  options: TransportOptions,
  { path: target, method = 'GET', headers: given, hasHost = true }: FakeRequest,
): FakeAnswer {
  const [path = ''] = target.split('?');
  const defaults = new Map(hasHost ? [['host', 'localhost'] as const] : []);
  const { headers: fields, isServed } = judgeFields(defaults, given);
  const refuse = (status: number, cell: number, reason: string): FakeAnswer => {
    options.metrics.add(cell, 1);
    return answer(status, reason, method, { 'content-type': 'text/plain; charset=utf-8' });
  };
  if (!isServed) return refuse(400, Metric.RejectedBadRequest, 'The request is not HTTP/1.1.');
  const host = fields.get('host') ?? '';
  if (options.allowedHosts !== undefined && !isHostAllowed(host, options.allowedHosts)) {
    options.onRefused?.('host', host, host);
    return refuse(421, Metric.RejectedHost, 'This host is not served here.');
  }
  const page = method === 'GET' || method === 'HEAD' ? options.pages?.get(path) : undefined;
  if (page !== undefined) {
    options.metrics.add(Metric.PagesSent, 1);
    return answer(200, page.body, method, { 'content-type': page.type, ...NO_CACHE });
  }
  const { status, cell, reason, headers } = refusalOf(options.path, path, method);
  options.metrics.add(cell, 1);
  return answer(status, reason, method, {
    'content-type': 'text/plain; charset=utf-8',
    ...headers,
  });
}

const NO_CACHE = { 'cache-control': 'no-cache' };

function refusalOf(served: string, path: string, method: string) {
  if (!servesPath(served, path)) {
    return {
      status: 404,
      cell: Metric.RejectedPath,
      reason: 'Nothing is served at this path.',
      headers: {},
    };
  }
  if (method !== 'GET') {
    const headers = { allow: 'GET' };
    return {
      status: 405,
      cell: Metric.RejectedMethod,
      reason: 'Only GET is served here.',
      headers,
    };
  }
  const headers = { upgrade: 'websocket' };
  return {
    status: 426,
    cell: Metric.RejectedNotUpgrade,
    reason: 'This is a WebSocket endpoint.',
    headers,
  };
}

function answer(
  status: number,
  body: string | Uint8Array,
  method: string,
  headers: Readonly<Record<string, string>>,
): FakeAnswer {
  const bytes = copyOf(body);
  const connection = headers['upgrade'] === undefined ? 'close' : 'Upgrade, close';
  const length = { 'content-length': String(bytes.length), connection };
  return {
    status,
    headers: new Map(Object.entries({ ...headers, ...length })),
    body: method === 'HEAD' ? new Uint8Array() : bytes,
  };
}

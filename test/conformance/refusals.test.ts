// Conformance of refused handshakes: each counts under its reason, and asks no admission.
import { Metric } from '@hioload/api';
import { head, type HeadOptions, RawClient } from '@hioload/test-support/wire';
import { expect } from 'vitest';
import { describeConformance } from './support/conformance.js';

const fields = (changed: HeadOptions['fields'] & {}): HeadOptions => ({ fields: changed });

const ROWS: readonly (readonly [
  name: string,
  status: number,
  metric: number,
  head: HeadOptions,
])[] = [
  ['another path', 404, Metric.RejectedPath, { requestLine: 'GET /other HTTP/1.1' }],
  ['a POST', 405, Metric.RejectedMethod, { requestLine: 'POST / HTTP/1.1' }],
  ['a HEAD', 405, Metric.RejectedMethod, { requestLine: 'HEAD / HTTP/1.1' }],
  [
    'a plain GET',
    426,
    Metric.RejectedNotUpgrade,
    fields({ Upgrade: undefined, 'Sec-WebSocket-Key': undefined }),
  ],
  ['another upgrade', 426, Metric.RejectedNotUpgrade, fields({ Upgrade: 'h2c' })],
  ['no Connection field', 426, Metric.RejectedNotUpgrade, fields({ Connection: undefined })],
  ['version 12', 426, Metric.RejectedVersion, fields({ 'Sec-WebSocket-Version': '12' })],
  ['no version', 426, Metric.RejectedVersion, fields({ 'Sec-WebSocket-Version': undefined })],
  ['no key', 400, Metric.RejectedBadRequest, fields({ 'Sec-WebSocket-Key': undefined })],
  ['a short key', 400, Metric.RejectedBadRequest, fields({ 'Sec-WebSocket-Key': 'AAAA' })],
  [
    'a key that is no base64',
    400,
    Metric.RejectedBadRequest,
    fields({ 'Sec-WebSocket-Key': '!'.repeat(24) }),
  ],
  ['two hosts', 400, Metric.RejectedBadRequest, { extraLines: ['Host: other'] }],
  ['a body', 400, Metric.RejectedBadRequest, fields({ 'Content-Length': '4' })],
  ['a body in chunks', 400, Metric.RejectedBadRequest, fields({ 'Transfer-Encoding': 'chunked' })],
  [
    'a subprotocol that is no token',
    400,
    Metric.RejectedBadRequest,
    fields({ 'Sec-WebSocket-Protocol': 'a b' }),
  ],
  ['another origin', 403, Metric.RejectedOrigin, fields({ Origin: 'https://evil.example' })],
  ['the opaque origin', 403, Metric.RejectedOrigin, fields({ Origin: 'null' })],
];

describeConformance(
  'refusals',
  ({ check }) => {
    for (const [name, status, metric, options] of ROWS) {
      check(`counts ${name} under its own reason, without asking the admission`, async (server) => {
        const asked = server.admission.asked.length;
        const before = server.metrics.read(metric);
        const client = new RawClient(server.port);
        client.write(head(options));
        const answer = await client.answer();
        client.destroy();
        expect(answer.status).toBe(status);
        expect(answer.fields.get('connection')).toMatch(/\bclose\b/);
        expect(answer.fields.get('content-type')).toMatch(/^text\/plain/);
        expect(server.metrics.read(metric)).toBe(before + 1);
        expect(server.admission.asked).toHaveLength(asked);
        expect(server.transport.connectionCount).toBe(0);
      });
    }
  },
  { path: '/' },
);

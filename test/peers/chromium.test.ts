// Tests of the transports with Chromium as the client.
import { CHROMIUM } from '@hioload/test-support/browser';
import { serveRecording } from '@hioload/test-support/servers';
import { SUBJECTS } from '@hioload/test-support/subjects';
import { afterAll, describe, expect, it } from 'vitest';
import { openPage, type OwnPage } from './browser.js';
import type { Report } from './clients/report.js';
import { runSession } from './clients/session.mjs';
import { describePeer } from './describe-peer.js';

const missing =
  CHROMIUM === undefined
    ? { reason: 'it is not installed', command: 'apt-get install chromium' }
    : undefined;

let opened: Promise<OwnPage> | undefined;
const own = (): Promise<OwnPage> => (opened ??= openPage());
afterAll(async () => (await opened)?.close());

describePeer({
  name: 'Chromium',
  missing,
  alwaysOffers: true,
  async run({ port }) {
    const { page } = await own();
    return page.evaluate<Report>(
      `(${runSession.toString()})(WebSocket, 'ws://127.0.0.1:${port}/')`,
    );
  },
});

// The closing table names Chromium already.
describe.skipIf(missing !== undefined).each(SUBJECTS)('$name and pages in Chromium', (subject) => {
  it('connect only if the origin of the page is allowed', { timeout: 60_000 }, async () => {
    const { page, origin } = await own();
    const knock = (port: number): Promise<unknown> =>
      page.evaluate(`new Promise((resolve) => {
        const socket = new WebSocket('ws://127.0.0.1:${port}/');
        socket.onopen = () => (resolve('open'), socket.close());
        socket.onerror = () => resolve('refused');
      })`);
    const closed = await serveRecording(subject, { allowedOrigins: ['https://app.example'] });
    const open = await serveRecording(subject, { allowedOrigins: [origin] });
    expect([await knock(closed.port), await knock(open.port)]).toEqual(['refused', 'open']);
    closed.close();
    open.close();
  });
});

// Defines the tests of one kind of client against every transport.
import { leaveOutIf, type LeftOut } from '@hioload/test-support/left-out';
import { type RecordingServer, serveRecording } from '@hioload/test-support/servers';
import { SUBJECTS } from '@hioload/test-support/subjects';
import { describe, expect, it } from 'vitest';
import type { Report } from './clients/report.js';

/** A kind of client. */
export interface PeerKind {
  readonly name: string;
  /**
   * Runs the session of `clients/session.mjs`. @param compresses whether the client offers
   * compression
   */
  run(server: RecordingServer, compresses: boolean): Promise<Report>;
  /** A client that always offers compression is tried against a server without instead. */
  readonly alwaysOffers?: boolean;
  /** Why the client cannot be run here, and the command that brings it. */
  readonly missing?: Omit<LeftOut, 'what'> | undefined;
}

const DEADLINE_MS = 120_000;
const CODES_BY_SERVER: Report['byServer'] = [
  [1000, '', true],
  [1001, 'going away', true],
  [1008, 'policy', true],
  [1011, 'grüßt nicht', true],
  [4001, 'x'.repeat(123), true],
];
const CODES_BY_CLIENT: readonly (readonly [number, string])[] = [
  [1000, 'done'],
  [4000, 'grüßt'],
  [4999, ''],
];

/** Has a client of the wild talk to every transport, with and without compression. */
export function describePeer({ name, run, missing, alwaysOffers = false }: PeerKind): void {
  const isLeftOut =
    missing !== undefined && leaveOutIf(true, { what: `clients of ${name}`, ...missing });
  describe.skipIf(isLeftOut).each(SUBJECTS)(`$name and ${name}`, (subject) => {
    it.each([false, true])(
      'understand each other, with an offer of compression: %s',
      { timeout: DEADLINE_MS },
      async (offers) => {
        const compresses = offers && !subject.exemptions.has('no-compression');
        const closes: (readonly [number, string])[] = [];
        const server = await serveRecording(subject, {
          compression: offers ? { minBytes: 0 } : undefined,
          allowedOrigins: ['*'],
          handlers: {
            message(conn, message) {
              const [word, code, ...reason] = message.isBinary
                ? []
                : message.text().slice(0, 200).split(' ');
              if (word === 'close') conn.end(Number(code), reason.join(' '));
              else conn.send(message);
            },
            close: (_conn, code, reason) => void closes.push([code, reason]),
          },
        });
        try {
          const report = await run(server, offers || alwaysOffers);
          expect(Object.entries(report.echoes).filter(([, isSame]) => !isSame)).toEqual([]);
          expect(Object.keys(report.echoes)).toHaveLength(6);
          expect(report.extensions.split(';')[0]).toBe(compresses ? 'permessage-deflate' : '');
          expect(report.byServer).toEqual(CODES_BY_SERVER);
          expect(report.byClient.map(([code, , wasClean]) => [code, wasClean])).toEqual(
            CODES_BY_CLIENT.map(([code]) => [code, true]),
          );
          expect(closes.slice(-CODES_BY_CLIENT.length)).toEqual(CODES_BY_CLIENT);
          expect(server.faults).toEqual([]);
        } finally {
          server.close();
        }
      },
    );
  });
}

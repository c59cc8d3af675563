import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Cut } from './cuts.js';
import { type FrameCase, judge } from './judge.js';
import { type RecordingOptions, type RecordingServer, serveRecording } from './recording-server.js';
import type { Subject } from './subject.js';
import { SUBJECTS } from './subjects.js';

/** One class of cases for one subject. */
export interface Suite {
  readonly subject: Subject;
  /** The server that all cases of the suite share. */
  server(): RecordingServer;
  /** Judges a case in every cut, or leaves it out where the subject is exempted by one of `exemptions`. */
  frames(name: string, frameCase: FrameCase, options?: CaseOptions): void;
  /** Any other case. */
  check(name: string, run: (server: RecordingServer) => Promise<void>, options?: CaseOptions): void;
}

export interface CaseOptions {
  /** Ids of exemptions, any of which leaves the case out. */
  readonly exemptions?: readonly string[];
  readonly cuts?: readonly Cut[];
  readonly timeoutMs?: number;
  /** Whether it runs beside its neighbours: for what waits most of its time. */
  readonly isConcurrent?: boolean;
}

/** Defines the cases of one class for every subject, and says in the end which were left out by which exemption. */
export function describeConformance(
  name: string,
  define: (suite: Suite) => void,
  options: RecordingOptions = {},
): void {
  describe.each(SUBJECTS.map((subject) => [subject.name, subject] as const))(
    `conformance of %s: ${name}`,
    (_, subject) => {
      let server: RecordingServer | undefined;
      const leftOut = new Map<string, number>();
      beforeAll(async () => {
        server = await serveRecording(subject, options);
      });
      afterAll(() => {
        server?.close();
        for (const [id, count] of leftOut) console.info(`${subject.name}: ${name}: ${count} left out, exempt by ${id}`);
      });
      const check: Suite['check'] = (
        title,
        run,
        { exemptions = [], timeoutMs = 30_000, isConcurrent = false } = {},
      ) => {
        const exemption = exemptions.find((id) => subject.exemptions.has(id));
        if (exemption !== undefined) leftOut.set(exemption, (leftOut.get(exemption) ?? 0) + 1);
        it.skipIf(exemption !== undefined)(title, { timeout: timeoutMs, concurrent: isConcurrent }, () => run(server!));
      };
      define({
        subject,
        server: () => server!,
        check,
        frames: (title, frameCase, caseOptions) =>
          check(title, (running) => judge(running, frameCase, caseOptions?.cuts), caseOptions),
      });
    },
  );
}

export const holds = { kind: 'holds' } as const;
export const fails = (code: number) => ({ kind: 'fails', code }) as const;
export const closes = (code: number, reason = '') => ({ kind: 'closes', code, reason }) as const;

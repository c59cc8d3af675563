import { afterAll, beforeAll, describe, it } from 'vitest';
import { type RecordingOptions, type RecordingServer, serveRecording } from './recording-server.js';
import type { Subject } from './subject.js';
import { SUBJECTS } from './subjects.js';

export interface CheckOptions {
  /** Ids of exemptions, any of which leaves the case out. */
  readonly exemptions?: readonly string[];
  readonly timeoutMs?: number;
  /** Whether it runs beside its neighbours: for what waits most of its time. */
  readonly isConcurrent?: boolean;
}

/** The cases of one class for one subject. */
export interface SubjectSuite {
  readonly subject: Subject;
  /** Defines a case, which is left out where the subject is exempted by one of the ids; all share one server. */
  check(title: string, run: (server: RecordingServer) => Promise<void>, options?: CheckOptions): void;
}

/** What servers are started with: the same for all, or by subject; undefined leaves a subject out. */
export type SubjectOptions = RecordingOptions | ((subject: Subject) => RecordingOptions | undefined);

/** Defines cases for every subject, and says in the end how many were left out by which exemption. */
export function describeSubjects(
  name: string,
  define: (suite: SubjectSuite) => void,
  settings: SubjectOptions = {},
): void {
  const optionsOf = (subject: Subject): RecordingOptions | undefined =>
    typeof settings === 'function' ? settings(subject) : settings;
  const subjects = SUBJECTS.filter((subject) => optionsOf(subject) !== undefined);
  describe.each(subjects.map((subject) => [subject.name, subject] as const))(`%s: ${name}`, (_, subject) => {
    let server: RecordingServer | undefined;
    const leftOut = new Map<string, number>();
    beforeAll(async () => {
      server = await serveRecording(subject, optionsOf(subject));
    });
    afterAll(() => {
      server?.close();
      for (const [id, count] of leftOut) console.info(`${subject.name}: ${name}: ${count} left out, exempt by ${id}`);
    });
    define({
      subject,
      check(title, run, { exemptions = [], timeoutMs = 30_000, isConcurrent = false } = {}) {
        const exemption = exemptions.find((id) => subject.exemptions.has(id));
        if (exemption !== undefined) leftOut.set(exemption, (leftOut.get(exemption) ?? 0) + 1);
        const settings = { timeout: timeoutMs, concurrent: isConcurrent };
        it.skipIf(exemption !== undefined)(title, settings, () => run(server!));
      },
    });
  });
}

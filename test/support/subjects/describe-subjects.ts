// Defines test cases for every transport that can run here.
import type { CompressionOptions } from '@hioload/api';
import { FakeClock } from '@hioload/fake';
import { afterAll, beforeAll, describe, it } from 'vitest';
import {
  type RecordingOptions,
  type RecordingServer,
  serveRecording,
  type Subject,
} from '../servers/index.js';
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
  /** The clock of the server, where the cases move it. */
  readonly clock: FakeClock | undefined;
  /**
   * Defines a case, which is left out where the subject is exempted by one of the ids; all share
   * one server.
   */
  check(
    title: string,
    run: (server: RecordingServer) => Promise<void>,
    options?: CheckOptions,
  ): void;
}

/** What servers are started with, and which subjects are left out. */
export interface SubjectOptions extends RecordingOptions {
  /**
   * The cases move the clock of each server. A subject with a clock that moves by itself is left
   * to a file of the slow tier.
   */
  readonly isClockMoved?: boolean;
  /** Ids of exemptions, any of which leaves a subject out of all cases. */
  readonly exemptions?: readonly string[];
}

/** The options of servers that compress. */
export function compressing(compression: CompressionOptions): SubjectOptions {
  return { compression, exemptions: ['no-compression'] };
}

/**
 * Defines cases for every subject, and says in the end how many were left out by which exemption.
 */
export function describeSubjects(
  name: string,
  define: (suite: SubjectSuite) => void,
  { exemptions: unfit = [], isClockMoved = false, ...options }: SubjectOptions = {},
): void {
  const subjects = SUBJECTS.filter(({ name: subjectName, exemptions, takesClock }) => {
    if (isClockMoved && !takesClock) {
      console.info(`${subjectName}: ${name}: left to the slow tier: its clock moves by itself`);
      return false;
    }
    const id = unfit.find((one) => exemptions.has(one));
    if (id !== undefined) console.info(`${subjectName}: ${name}: all left out, exempt by ${id}`);
    return id === undefined;
  });
  describe.each(subjects.map((subject) => [subject.name, subject] as const))(
    `%s: ${name}`,
    (_, subject) => {
      const clock = isClockMoved ? new FakeClock() : undefined;
      let server: RecordingServer | undefined;
      const leftOut = new Map<string, number>();
      beforeAll(async () => {
        server = await serveRecording(subject, {
          ...options,
          ...(clock !== undefined && { clock }),
        });
      });
      afterAll(() => {
        server?.close();
        for (const [id, count] of leftOut)
          console.info(`${subject.name}: ${name}: ${count} left out, exempt by ${id}`);
      });
      define({
        subject,
        clock,
        check(title, run, { exemptions = [], timeoutMs = 30_000, isConcurrent = false } = {}) {
          const exemption = exemptions.find((id) => subject.exemptions.has(id));
          if (exemption !== undefined) leftOut.set(exemption, (leftOut.get(exemption) ?? 0) + 1);
          const settings = { timeout: timeoutMs, concurrent: isConcurrent };
          it.skipIf(exemption !== undefined)(title, settings, () => run(server!));
        },
      });
    },
  );
}

// Test support: defines the conformance cases of one class for every transport.
import {
  type CheckOptions,
  describeSubjects,
  type SubjectOptions,
  type SubjectSuite,
} from '@hioload/test-support/subjects';
import type { Cut } from './cuts.js';
import { type FrameCase, judge } from './judge.js';

/** One class of cases for one subject. */
export interface ConformanceSuite extends SubjectSuite {
  /** Judges a case in every cut, or in those named. */
  frames(
    title: string,
    frameCase: FrameCase,
    options?: CheckOptions & { readonly cuts?: readonly Cut[] },
  ): void;
}

/** Defines the cases of one class for every subject. */
export function describeConformance(
  name: string,
  define: (suite: ConformanceSuite) => void,
  options: SubjectOptions = {},
): void {
  describeSubjects(
    `conformance, ${name}`,
    (suite) => {
      define({
        ...suite,
        frames: (title, frameCase, { cuts, ...checkOptions } = {}) =>
          suite.check(title, (server) => judge(server, frameCase, cuts), checkOptions),
      });
    },
    options,
  );
}

export const holds = { kind: 'holds' } as const;
export const failsWith = (code: number) => ({ kind: 'fails', code }) as const;
export const closesWith = (code: number, reason = '') =>
  ({ kind: 'closes', code, reason }) as const;

// The door of subjects: the kinds of transport that one set of cases judges.
export {
  type CheckOptions,
  compressing,
  describeSubjects,
  type SubjectOptions,
  type SubjectSuite,
} from './describe-subjects.js';
export { SUBJECTS } from './subjects.js';

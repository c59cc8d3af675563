// Conformance of the deadlines of handshakes, messages and closing, on a clock that the cases move.
import { describeDeadlines } from './support/deadlines.js';

describeDeadlines(true);

// Conformance of the deadlines of handshakes, messages and closing, on the real clock. The clock of
// uWebSockets.js moves by itself, so only real seconds show its deadlines.
import { describeDeadlines } from './support/deadlines.js';

describeDeadlines(false);

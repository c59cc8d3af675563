// Conformance of known and reserved opcodes.
import { frame, Op, showBytes } from '@hioload/test-support/wire';
import { describeConformance, failsWith } from './support/conformance.js';

const RESERVED = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15];

describeConformance('opcodes', ({ frames }) => {
  for (const opcode of RESERVED) {
    for (const payload of ['', 'payload']) {
      const shown = payload === '' ? 'without' : 'with';
      frames(`${opcode} ${shown} a payload: 1002`, {
        units: [frame(opcode, payload)],
        ending: failsWith(1002),
      });
      frames(`${opcode} ${shown} a payload, after a good message: 1002`, {
        units: [frame(Op.Text, 'good'), frame(opcode, payload)],
        answers: { data: [showBytes('text', Buffer.from('good'))] },
        ending: failsWith(1002),
      });
    }
  }
});

// Conformance of the reserved bits.
import { frame, Op } from '@hioload/test-support/wire';
import { describeConformance, failsWith } from './support/conformance.js';

const OPCODES = Object.entries(Op);

describeConformance('reserved bits', ({ frames }) => {
  for (let rsv = 1; rsv <= 7; rsv++) {
    const bits = [4, 2, 1]
      .flatMap((bit, i) => ((rsv & bit) === 0 ? [] : [`RSV${i + 1}`]))
      .join(' and ');
    for (const [name, opcode] of OPCODES) {
      const before = opcode === Op.Continuation ? [frame(Op.Text, 'a', { fin: false })] : [];
      for (const payload of ['', 'with a payload']) {
        frames(
          `${bits} in a ${name} frame ${payload === '' ? 'without a payload' : payload}: 1002`,
          {
            units: [...before, frame(opcode, payload, { rsv })],
            ending: failsWith(1002),
          },
        );
      }
    }
  }
});

// `npm run test:numa`: proves on an emulated machine with two NUMA nodes that the memory of a
// thread that is born pinned lies on its node: heap, slab and lanes, of threads that the test
// starts and of the supervisor's reactors; and that `serve --numactl` binds memory. Ends with 0
// where that holds, 1 where it does not, and 0 with a loud line where the machine cannot be
// emulated here. Placement only: an emulated machine says nothing about speed.
import { buildInitramfs } from './initramfs.mjs';
import { boot } from './machine.mjs';
import { findKernel, missingPrograms } from './parts.mjs';

/** Whoever allocates writes the first page; it may be the other node's. */
const LEAST_SHARE = 0.99;
const THREADS = 3 * 2 * 4 + 3;
const SERVERS = 2 * (2 * 4 + 1) + 2;
const LAUNCHERS = 3;
const EXPECTED_JUDGEMENTS = THREADS + SERVERS + LAUNCHERS;

const missing = missingPrograms();
const kernel = missing.length === 0 ? findKernel() : null;
if (kernel === null) {
  const what = missing.length === 0 ? 'a kernel package' : missing.join(', ');
  console.log(
    `test:numa SKIPPED: ${what} is missing; apt-get install -y qemu-system-x86 busybox-static ` +
      'cpio numactl',
  );
  process.exit(0);
}

const judgements = await boot(kernel, buildInitramfs());
for (const { what, node, share, pages, found } of judgements) {
  const text = pages === undefined ? found : `pages by node ${pages.join(', ')}`;
  console.log(`${share >= LEAST_SHARE ? 'ok    ' : 'FAILED'}  ${what} on node ${node}: ${text}`);
}
const failed = judgements.filter(({ share }) => share < LEAST_SHARE).length;
// A run that judged too little has proved nothing.
const complete = judgements.length === EXPECTED_JUDGEMENTS;
console.log(
  `test:numa ${judgements.length - failed} passed, ${failed} ` +
    `failed${complete ? '' : `, of ${EXPECTED_JUDGEMENTS}`}`,
);
process.exitCode = failed === 0 && complete ? 0 : 1;

/** Checks of Node, the C library and the transport. */
import { type Check, fail, ok, warn } from './check.js';

/** The oldest Node that the framework supports and is tested on. */
const NODE_FLOOR = [20, 19] as const;

/** The checks, in the order of their lines. */
export const RUNTIME_CHECKS: readonly Check[] = [
  {
    name: 'node',
    look({ nodeVersion }) {
      const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
      const isEnough = major > NODE_FLOOR[0] || (major === NODE_FLOOR[0] && minor >= NODE_FLOOR[1]);
      if (isEnough) return ok(nodeVersion, 'This version is new enough.');
      return fail(nodeVersion, `Install Node ${NODE_FLOOR.join('.')} or later.`);
    },
  },
  {
    name: 'abi',
    look: ({ abi }) => ok(abi, 'A native module must have a binary for this number.'),
  },
  {
    name: 'libc',
    look({ platform, glibcVersion }) {
      if (platform !== 'linux') return ok(platform, 'The C library matters on Linux only.');
      if (glibcVersion !== undefined)
        return ok(`glibc ${glibcVersion}`, 'Native modules are built for this library.');
      return warn(
        'no glibc',
        'Use an image with the GNU C library, such as Debian slim: uWebSockets.js needs it.',
      );
    },
  },
  {
    name: 'transport',
    async look(machine) {
      const { ok: loads, text } = await machine.loadTransport();
      if (loads) return ok(`uws: ${text}`, 'The native transport serves.');
      return warn(
        `net: ${text}`,
        'The net transport serves; before Node 22.12 it runs one reactor only.',
      );
    },
  },
];

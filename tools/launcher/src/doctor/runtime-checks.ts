import { type Check, fail, ok, warn } from './check.js';

/** The oldest Node that this framework is tested on. */
const NODE_FLOOR = [20, 19] as const;

export const RUNTIME_CHECKS: readonly Check[] = [
  {
    name: 'node',
    look({ nodeVersion }) {
      const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
      const isEnough = major > NODE_FLOOR[0] || (major === NODE_FLOOR[0] && minor >= NODE_FLOOR[1]);
      if (isEnough) return ok(nodeVersion, 'New enough.');
      return fail(nodeVersion, `Install Node ${NODE_FLOOR.join('.')} or later.`);
    },
  },
  {
    name: 'abi',
    look: ({ abi }) => ok(abi, 'A native module needs a binary for this number.'),
  },
  {
    name: 'libc',
    look({ platform, glibcVersion }) {
      if (platform !== 'linux')
        return ok(platform, 'It only matters on Linux which C library there is.');
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
      if (loads) return ok(`uws: ${text}`, 'This transport serves.');
      return warn(
        `net: ${text}`,
        'The transport in TypeScript serves, on one reactor before Node 22.12.',
      );
    },
  },
];

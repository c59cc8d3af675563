/** Reads the address of `--inspect`: a port, or a host and a port. */

const DEFAULT_HOST = '127.0.0.1';
/** The port that debuggers look at first. */
const DEFAULT_PORT = 9229;
const ADDRESS = /^(?:([\w.-]+|\[[\da-f:.]+\]):)?(\d{1,5})$/i;
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/i;

/** Where an inspector listens. */
export interface InspectAddress {
  readonly host: string;
  readonly port: number;
  readonly isLoopback: boolean;
}

/** Whether a text has the form of an address. */
export function isInspectAddress(text: string): boolean {
  const port = Number(ADDRESS.exec(text)?.[2] ?? Infinity);
  return port > 0 && port <= 65_535;
}

/** The parts of an address that {@link isInspectAddress} allows. */
export function splitAddress(text: string): InspectAddress {
  const [, given = DEFAULT_HOST, port = ''] = ADDRESS.exec(text) ?? [];
  const host = given.replace(/^\[|\]$/g, '');
  return { host, port: Number(port), isLoopback: LOOPBACK.test(host) };
}

/** A command line in which `--inspect` without an address has the default address. */
export function withInspectAddress(argv: readonly string[]): string[] {
  return argv.map((word, at) =>
    word === '--inspect' && !isInspectAddress(argv[at + 1] ?? '')
      ? `--inspect=${DEFAULT_HOST}:${DEFAULT_PORT}`
      : word,
  );
}

/** Flags of Node without those of an inspector, which only one process can open on its port. */
export function withoutInspector(flags: readonly string[]): string[] {
  return flags.filter((flag) => !/^--(inspect|debug)(-|=|$)/.test(flag));
}

// The options of the command `npm run storm`, their defaults and their limits.
import { parseArgs } from 'node:util';

/** The options of a storm. */
export interface StormOptions {
  /** The URL of the server; absent if the storm starts a server itself. */
  readonly url: string | undefined;
  readonly tenants: number;
  /** Number of connections, divided among the tenants. */
  readonly connections: number;
  /** Number of topics, divided among the tenants. */
  readonly topics: number;
  /** Number of topics that each connection subscribes to. */
  readonly topicsPerConnection: number;
  /** Messages that all connections together say in a second. */
  readonly rate: number;
  readonly seconds: number;
  /**
   * 0: all topics get the same traffic; 1: the n-th topic gets n times less than the first; a
   * higher value is steeper.
   */
  readonly skew: number;
  /** Length of a message, in characters. */
  readonly textLength: number;
  /** Two storms with the same seed and options do the same. */
  readonly seed: number;
}

interface NumberOption {
  readonly flag: string;
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
  readonly meaning: string;
}

const whole = (
  flag: string,
  fallback: number,
  min: number,
  max: number,
  meaning: string,
): NumberOption => ({
  flag,
  default: fallback,
  min,
  max,
  whole: true,
  meaning,
});

type NumberName = Exclude<keyof StormOptions, 'url' | 'seed'>;

const NUMBERS: { readonly [Name in NumberName]: NumberOption } = {
  tenants: whole('tenants', 4, 1, 50, 'tenants'),
  connections: whole('connections', 200, 1, 20_000, 'connections, dealt out to the tenants'),
  topics: whole('topics', 2_000, 1, 100_000, 'topics, dealt out to the tenants'),
  topicsPerConnection: whole(
    'topics-per-connection',
    20,
    1,
    500,
    'topics that each connection subscribes to',
  ),
  rate: whole('rate', 500, 1, 100_000, 'messages said in a second, by all together'),
  seconds: whole('seconds', 10, 1, 3_600, 'how long'),
  skew: {
    flag: 'skew',
    default: 1,
    min: 0,
    max: 4,
    whole: false,
    meaning: 'how much hotter the hot topics are',
  },
  textLength: whole('text-length', 64, 16, 2_000, 'characters in a message'),
};

const MAX_SEED = 2 ** 32 - 1;

/** An option that is not allowed; the message is for the person who gave it. */
export class UsageError extends Error {}

/** Reads the command line. @throws UsageError */
export function readOptions(args: readonly string[]): StormOptions {
  const given = readFlags(args);
  const numbers = Object.fromEntries(
    Object.entries(NUMBERS).map(([name, option]) => [name, readNumber(option, given[option.flag])]),
  ) as Record<NumberName, number>;
  const random = Math.floor(Math.random() * MAX_SEED);
  const seed = readNumber(whole('seed', random, 0, MAX_SEED, 'seed'), given['seed']);
  return { ...numbers, seed, url: given['url'] === undefined ? undefined : readUrl(given['url']) };
}

/** The options, one a line. */
export function usage(): string {
  const lines = Object.values(NUMBERS).map(
    ({ flag, default: fallback, min, max, meaning }) =>
      `  --${flag} N`.padEnd(30) + `${meaning}; ${min} to ${max}; ${fallback}`,
  );
  return [
    'Usage: npm run storm -- [options]',
    '',
    '  --url URL'.padEnd(30) +
      'URL of the server, such as ws://127.0.0.1:9001; by default a server is started',
    ...lines,
    '  --seed N'.padEnd(30) + 'repeats the storm that printed this seed',
  ].join('\n');
}

function readFlags(args: readonly string[]): Readonly<Record<string, string | undefined>> {
  const names = ['url', 'seed', ...Object.values(NUMBERS).map(({ flag }) => flag)];
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

function readNumber(
  { flag, default: fallback, min, max, whole: isWhole }: NumberOption,
  text?: string,
): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  const isAllowed =
    text.trim() !== '' && value >= min && value <= max && (!isWhole || Number.isInteger(value));
  if (isAllowed) return value;
  throw new UsageError(
    `--${flag} must be a ${isWhole ? 'whole ' : ''}number from ${min} to ${max}; got "${text}"`,
  );
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'ws:' || url?.protocol === 'wss:') return url.origin;
  throw new UsageError(`--url must be a URL such as ws://127.0.0.1:9001; got "${text}"`);
}

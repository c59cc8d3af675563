/** Puts the options of `hioload serve` together from flags, variables and the file. */
import { HioloadError } from '@hioload/api';
import { SERVE_SCHEMA, type ServeOptions } from './schema.js';
import {
  CONFIG_FLAG,
  CONFIG_VARIABLE,
  fromEnvironment,
  fromFile,
  fromFlags,
  type GivenValue,
  type GivenValues,
} from './sources.js';
import { MODULE_ARGUMENT, OPTION_TABLE } from './table.js';

/** Where options come from. */
export interface OptionSources {
  /** Text by flag name (`--port`, `MODULE`), or a boolean for a flag without a value. */
  readonly flags: ReadonlyMap<string, string | boolean>;
  readonly environment: NodeJS.ProcessEnv;
}

/** The options that hold, and the name under which each was given. */
export interface ResolvedOptions {
  readonly options: ServeOptions;
  /**
   * How the reader knows an option: by the flag, variable or key that was used, or else by its
   * flag.
   */
  nameOf(key: string): string;
}

/**
 * Flags over variables over the file over the defaults, all through one schema.
 * @throws HIOLOAD_OPTION_INVALID, HIOLOAD_CONFIG_UNREADABLE, with a message of one line
 */
export function resolveOptions({ flags, environment }: OptionSources): ResolvedOptions {
  const given = new Map([
    ...fileOf(flags, environment),
    ...fromEnvironment(environment),
    ...fromFlags(flags),
  ]);
  const nameOf = (key: string): string => given.get(key)?.name ?? flagOf(key);
  if (!given.has('module'))
    throw invalid(
      `${MODULE_ARGUMENT} is missing: give the path of the application module ` +
        `(hioload serve ${MODULE_ARGUMENT})`,
    );
  const parsed = SERVE_SCHEMA.safeParse(nest(given));
  if (!parsed.success) throw refusal(parsed.error.issues[0]?.path ?? [], given);
  checkTogether(parsed.data, nameOf);
  return { options: parsed.data, nameOf };
}

function fileOf(flags: OptionSources['flags'], environment: NodeJS.ProcessEnv): GivenValues {
  const flag = flags.get(CONFIG_FLAG);
  if (typeof flag === 'string') return fromFile(flag, CONFIG_FLAG);
  const variable = environment[CONFIG_VARIABLE];
  return variable === undefined ? new Map() : fromFile(variable, CONFIG_VARIABLE);
}

function nest(given: GivenValues): object {
  const limits: Record<string, unknown> = {};
  const plain: Record<string, unknown> = { limits };
  for (const [key, { value }] of given) {
    if (key.startsWith('limits.')) limits[key.slice('limits.'.length)] = value;
    else plain[key] = value;
  }
  return plain;
}

function refusal(path: readonly PropertyKey[], given: GivenValues): HioloadError {
  const key = path.join('.');
  const option = OPTION_TABLE.find((candidate) => candidate.key === key);
  const { name, written } = given.get(key) as GivenValue;
  return invalid(mustBe(name, option?.kind.allowed ?? 'unset', written));
}

/** Checks the rules that join two options. */
function checkTogether(options: ServeOptions, nameOf: (key: string) => string): void {
  const { port, admin, adminPort, drainSpreadMs, drainDeadlineMs } = options;
  if (drainSpreadMs > drainDeadlineMs) {
    const allowed = `at most ${nameOf('drainDeadlineMs')} (${drainDeadlineMs})`;
    throw invalid(mustBe(nameOf('drainSpreadMs'), allowed, drainSpreadMs));
  }
  const { slabMib, maxPublishBytes } = options;
  // The slab must hold two messages of the longest size, each in a block with some spare room.
  const leastMib = Math.ceil((2 * (maxPublishBytes + 8)) / 1_048_576);
  if (slabMib < leastMib) {
    const longest = `${nameOf('maxPublishBytes')} (${maxPublishBytes})`;
    const allowed = `at least ${leastMib}, to hold two messages of ${longest}`;
    throw invalid(mustBe(nameOf('slabMib'), allowed, slabMib));
  }
  if (!admin) return;
  if (adminPort === undefined && port === 65_535) {
    const allowed = 'at most 65534 unless --admin-port or --no-admin is given';
    throw invalid(mustBe(nameOf('port'), allowed, port));
  }
  if (adminPort !== undefined && adminPort !== 0 && adminPort === port) {
    throw invalid(mustBe(nameOf('adminPort'), `another port than ${nameOf('port')}`, adminPort));
  }
}

const flagOf = (key: string): string =>
  OPTION_TABLE.find((option) => option.key === key)?.flag ?? key;

const mustBe = (name: string, allowed: string, written: string | number): string =>
  `${name} must be ${allowed}; got ${written}`;

const invalid = (message: string): HioloadError =>
  new HioloadError('HIOLOAD_OPTION_INVALID', message);

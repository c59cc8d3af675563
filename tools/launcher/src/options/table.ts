/** The table of options: each with its key, its flag, its variable, its default and its help. */
import { LIMIT_TABLE, type LimitName } from '@hioload/api';
import { z } from 'zod';
import { KINDS, type OptionKind } from './kinds.js';
import { SERVE_SCHEMA } from './schema.js';

/** The name of the one argument, in the help and in error lines. */
export const MODULE_ARGUMENT = 'MODULE';

/** One option, with the name that it has in each source. */
export interface OptionDefinition {
  /** The key in a configuration file, with a dot if it is nested: `limits.maxPayloadBytes`. */
  readonly key: string;
  /** The flag, without a value: `--max-payload-bytes`. `MODULE` stands for the one argument. */
  readonly flag: string;
  /** The environment variable: `HIOLOAD_MAX_PAYLOAD_BYTES`. */
  readonly variable: string;
  readonly kind: OptionKind;
  readonly help: string;
  /** The value if nobody sets the option; `undefined` where the help text names the default. */
  readonly default: string | number | boolean | undefined;
  readonly isLimit: boolean;
}

/** Variables with a common name; every other variable is `HIOLOAD_` and the flag in capitals. */
const VARIABLES: Readonly<Record<string, string>> = {
  port: 'PORT',
  host: 'HOST',
  logLevel: 'LOG_LEVEL',
};

const words = (name: string): string[] => name.split(/(?=[A-Z])/).map((word) => word.toLowerCase());

function define(name: string, schema: z.ZodType, isLimit: boolean): OptionDefinition {
  let inner = schema;
  let fallback: OptionDefinition['default'];
  if (inner instanceof z.ZodDefault)
    fallback = inner.def.defaultValue as OptionDefinition['default'];
  if (inner instanceof z.ZodDefault || inner instanceof z.ZodOptional)
    inner = inner.unwrap() as z.ZodType;
  const kind = KINDS.get(inner);
  if (kind === undefined) throw new TypeError(`option ${name} has no kind`);
  return {
    key: isLimit ? `limits.${name}` : name,
    flag: name === 'module' ? MODULE_ARGUMENT : `--${words(name).join('-')}`,
    variable: VARIABLES[name] ?? `HIOLOAD_${words(name).join('_').toUpperCase()}`,
    kind,
    help: schema.description ?? inner.description ?? '',
    default: isLimit ? LIMIT_TABLE[name as LimitName].default : fallback,
    isLimit,
  };
}

const { limits, ...plain } = SERVE_SCHEMA.shape;

/** Every option of `hioload serve`, in the order of the help. */
export const OPTION_TABLE: readonly OptionDefinition[] = [
  ...Object.entries(plain).map(([name, schema]) => define(name, schema, false)),
  ...Object.entries(limits.unwrap().shape).map(([name, schema]) => define(name, schema, true)),
];

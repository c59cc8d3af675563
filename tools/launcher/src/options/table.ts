import { LIMIT_TABLE, type LimitName } from '@hioload/api';
import { z } from 'zod';
import { KINDS, type OptionKind } from './kinds.js';
import { SERVE_SCHEMA } from './schema.js';

/** How help and error lines call the one argument. */
export const MODULE_ARGUMENT = 'MODULE';

/** One option in all the forms in which it can be given. */
export interface OptionDefinition {
  /** Key in a configuration file, with a dot where it is nested: `limits.maxPayloadBytes`. */
  readonly key: string;
  /** Long flag without a value: `--max-payload-bytes`; `MODULE` for the one argument. */
  readonly flag: string;
  /** Environment variable. */
  readonly variable: string;
  readonly kind: OptionKind;
  readonly help: string;
  /** What holds where nobody sets it; `undefined` where the help says what happens then. */
  readonly default: string | number | boolean | undefined;
  readonly isLimit: boolean;
}

/** Names that the world has agreed on; every other variable is the flag behind `HIOLOAD_`. */
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

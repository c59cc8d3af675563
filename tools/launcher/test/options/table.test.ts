// Tests of the table of options.
import { LIMIT_TABLE } from '@hioload/api';
import { SERVER_RANGES } from '@hioload/reactor/defaults';
import { describe, expect, it } from 'vitest';
import { resolveOptions } from '../../src/options/resolve.js';
import { unknownVariables } from '../../src/options/sources.js';
import { OPTION_TABLE } from '../../src/options/table.js';

describe('OPTION_TABLE', () => {
  it('gives every option a flag, a variable and a key of its own', () => {
    for (const form of ['flag', 'variable', 'key'] as const) {
      expect(new Set(OPTION_TABLE.map((option) => option[form])).size).toBe(OPTION_TABLE.length);
    }
  });

  it('holds every limit, with its default and its unit', () => {
    for (const [name, limit] of Object.entries(LIMIT_TABLE)) {
      const option = OPTION_TABLE.find(({ key }) => key === `limits.${name}`);
      expect(option).toMatchObject({ isLimit: true, default: limit.default, help: limit.meaning });
      expect(option?.kind.allowed).toContain(`from ${limit.min} to ${limit.max} (${limit.unit})`);
    }
  });

  it('uses well-known names', () => {
    const variables = OPTION_TABLE.map(({ variable }) => variable);
    expect(variables).toEqual(
      expect.arrayContaining(['PORT', 'HOST', 'LOG_LEVEL', 'HIOLOAD_DRAIN_SPREAD_MS']),
    );
    expect(OPTION_TABLE.map(({ flag }) => flag)).toContain('--max-upgrades-per-second');
  });

  it('has defaults that are allowed', () => {
    const flags = new Map([['MODULE', 'app.ts']]);
    for (const { flag, default: value } of OPTION_TABLE) {
      if (value !== undefined && typeof value !== 'boolean') flags.set(flag, String(value));
    }
    expect(resolveOptions({ flags, environment: {} }).options).toMatchObject({
      port: 9001,
      drainDeadlineMs: 10_000,
    });
  });
});

it.each(Object.entries(SERVER_RANGES).filter(([key]) => key !== 'drainMs'))(
  'the option %s has the range that createServer checks',
  (key, { min, max }) => {
    const option = OPTION_TABLE.find((candidate) => candidate.key === key);
    expect(option?.kind.allowed).toContain(`a whole number from ${min} to ${max}`);
  },
);

describe('unknownVariables', () => {
  it('finds variables with our prefix and without an option, and suggests one', () => {
    const environment = {
      HIOLOAD_REACTOR: '1',
      HIOLOAD_PORT: '1',
      HIOLOAD_XYZZYX: '1',
      HIOLOAD_START_TIMEOUT: '1',
      HIOLOAD_MAX: '1',
      HIOLOAD_PIN: 'on',
      PATH: '',
    };
    expect(unknownVariables(environment)).toEqual([
      { name: 'HIOLOAD_REACTOR', meant: 'HIOLOAD_REACTORS' },
      { name: 'HIOLOAD_PORT', meant: 'PORT' },
      { name: 'HIOLOAD_XYZZYX', meant: undefined },
      { name: 'HIOLOAD_START_TIMEOUT', meant: 'HIOLOAD_START_TIMEOUT_MS' },
      { name: 'HIOLOAD_MAX', meant: undefined },
    ]);
  });
});

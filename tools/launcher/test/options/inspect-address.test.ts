// Tests of the address of `--inspect`.
import { describe, expect, it } from 'vitest';
import {
  isInspectAddress,
  splitAddress,
  withInspectAddress,
  withoutInspector,
} from '../../src/options/inspect-address.js';

describe('the address of --inspect', () => {
  it.each([
    ['9230', '127.0.0.1', 9230, true],
    ['127.0.0.1:9230', '127.0.0.1', 9230, true],
    ['localhost:9230', 'localhost', 9230, true],
    ['[::1]:9230', '::1', 9230, true],
    ['0.0.0.0:9230', '0.0.0.0', 9230, false],
    ['[::]:9230', '::', 9230, false],
  ])('%s is a host and a port', (text, host, port, isLoopback) => {
    expect(isInspectAddress(text)).toBe(true);
    expect(splitAddress(text)).toEqual({ host, port, isLoopback });
  });

  it.each(['', '0', '65536', 'localhost', '::1', '::1:9230', 'a b:1', 'app.ts'])(
    '%j is refused',
    (text) => {
      expect(isInspectAddress(text)).toBe(false);
    },
  );

  it('is 127.0.0.1:9229 for the flag alone, which takes no module for its address', () => {
    expect(withInspectAddress(['serve', '--inspect', 'app.ts'])).toEqual([
      'serve',
      '--inspect=127.0.0.1:9229',
      'app.ts',
    ]);
    const given = ['serve', 'app.ts', '--inspect', '9230', '--inspect=9231'];
    expect(withInspectAddress(given)).toEqual(given);
  });
});

it('withoutInspector takes the flags of an inspector away, and no others', () => {
  const flags = ['--inspect', '--inspect-brk=0', '--inspect-port=1', '--inspector', '--expose-gc'];
  expect(withoutInspector(flags)).toEqual(['--inspector', '--expose-gc']);
});

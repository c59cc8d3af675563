// Tests the check that every test file belongs to one tier.
import { describe, expect, it } from 'vitest';
import { TIERS } from '../tiers/tiers.mjs';
import { checkTiers } from '../tiers/check.mjs';
import { plant } from './tree.js';

const EMPTY = { 'packages/a.ts': '', 'apps/a.ts': '', 'tools/a.ts': '', 'test/a.ts': '' };

describe('the check of tiers', () => {
  it('passes if each test file is in one tier', async () => {
    const root = plant({
      ...EMPTY,
      'packages/pool/test/ring.test.ts': '',
      'packages/pool/test/deep/ring.contract.test.ts': '',
      'tools/bench/test/bench-echo.slow.test.ts': '',
      'test/e2e/bus/publish.test.ts': '',
      'test/e2e/bus/soak.slow.test.ts': '',
    });

    expect(await checkTiers(root)).toEqual({ ok: true, report: '' });
  });

  it('names a test file that no tier runs', async () => {
    const root = plant({ ...EMPTY, 'test/nowhere/ring.test.ts': '' });

    expect(await checkTiers(root)).toEqual({
      ok: false,
      report: 'test/nowhere/ring.test.ts must be in one tier; it is in none',
    });
  });

  it('names a test file that two tiers run', async () => {
    const root = plant({ ...EMPTY, 'packages/pool/test/ring.test.ts': '' });
    const unit = TIERS.filter(({ name }) => name === 'unit');

    const { report } = await checkTiers(root, [...unit, ...unit]);

    expect(report).toContain('it is in unit, unit');
  });
});

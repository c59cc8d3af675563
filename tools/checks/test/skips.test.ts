// Tests of the check of tests that are left out.
import { describe, expect, it } from 'vitest';
import { checkSkips, unexplainedSkips } from '../skips.mjs';
import { plant } from './tree.js';

// The word is built here, because the checks read this file too.
const skip = 'skip';
const only = 'only';

describe('the check of tests that are left out', () => {
  it.each([
    `it.${skip}('serves', () => {});`,
    `describe.${skip}('serving', () => {});`,
    `context.${skip}();`,
    `it.${skip}If(process.platform === 'win32')('serves', () => {});`,
    `it('serves', { ${skip}: true }, () => {});`,
    `it.${only}('serves', () => {});`,
    `it('serves', { ${only}: true }, () => {});`,
    `// taskset is not there\nit.${only}('serves', () => {});`,
  ])('finds %s', (source) => {
    expect(unexplainedSkips(source)).toHaveLength(1);
  });

  it.each([
    `context.${skip}('taskset is not there');`,
    `// taskset is not there\nit.${skip}('serves', () => {});`,
    `it.${skip}('serves', () => {}); // taskset is not there`,
    `import '@hioload/test-support/left-out';\nit.${skip}If(isElsewhere)('serves', () => {});`,
    `// an exemption\nit.${skip}If(isExempt)('serves', () => {});`,
    `it('does not ${skip} a message', () => {});`,
  ])('lets pass %s', (source) => {
    expect(unexplainedSkips(source)).toEqual([]);
  });

  it('names the file and the line', async () => {
    const root = plant({
      'packages/pool/test/ring.test.ts': `\nit.${skip}('serves', () => {});\n`,
      'apps/a.ts': '',
      'tools/a.ts': '',
      'test/a.ts': '',
    });

    const outcome = await checkSkips(root);

    expect(outcome.ok).toBe(false);
    expect(outcome.report).toMatch(/^packages\/pool\/test\/ring\.test\.ts:2: /);
  });
});

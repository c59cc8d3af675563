import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { FREE_PORTS, run, type RunningCommand, serve } from '../e2e/launcher/start-launcher.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const readme = read('README.md');

/** What stands between the fences of a language. */
function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, text]) => text!);
}

/** Where each command of the README is run, and how it stands there. */
const PROOFS: Readonly<Record<string, readonly [file: string, text: string]>> = {
  'npm start': ['test/e2e/npm-start/npm-start.test.ts', "'start'"],
  'npm start -- --port 9100 --reactors 1': ['test/e2e/npm-start/npm-start.test.ts', "'--reactors', '1'"],
  'npm run pubsub': ['test/e2e/pubsub/npm-run.test.ts', "'run', 'pubsub'"],
  'npm run storm': ['test/e2e/pubsub/storm.test.ts', "'run', 'storm'"],
  'npm test': ['.ci/run', 'npm test'],
  'npm run test:matrix': ['.ci/run', 'npm run test:matrix'],
  'npm run check': ['.ci/run', 'npm run check'],
  'npm run test:numa': ['.ci/run', 'npm run test:numa'],
  'npm run bench -- echo': ['tools/bench/test/bench-echo.test.ts', "'echo'"],
  'npm run bench -- bus': ['tools/bench/test/bench-bus.test.ts', "['bus', ...args]"],
  'npm run bench -- idle': ['tools/bench/test/bench-idle.test.ts', "['idle', ...args]"],
  'npm run bench -- pool': ['tools/bench/test/bench-pool.test.ts', "'pool'"],
  'npm run bench -- protocol': ['tools/bench/test/bench-protocol.test.ts', "'protocol'"],
  'npm run docs': ['tools/checks/test/errors-page.test.ts', 'npm run docs'],
  'npm install': ['test/packages/pack.test.ts', 'install'],
  'npm install ../hioload-ws/packages/reactor ../hioload-ws/tools/launcher': [
    'test/readme/readme.test.ts',
    "['install', ...from",
  ],
  'npm install uWebSockets.js@npm:uws-pack@20.0.8': ['test/packages/pack.test.ts', '[nativeDependency()]'],
  'npx hioload serve MODULE': ['test/e2e/launcher/start-launcher.ts', "'serve'"],
  'npx hioload serve greet.ts': ['test/readme/readme.test.ts', 'serve([file'],
  'npx hioload topology': ['test/e2e/launcher/reports.test.ts', "'topology'"],
  'npx hioload doctor': ['test/e2e/launcher/reports.test.ts', "'doctor'"],
};

describe('the README', () => {
  it('has every command run by a test or by CI', () => {
    const inline = [...readme.matchAll(/`((?:npm|npx) [^`]+)`/g)].map(([, command]) => command!);
    const fenced = blocks('sh').flatMap((text) => text.split('\n').map((line) => line.replace(/\s+#.*/, '').trim()));
    const commands = new Set([...inline, ...fenced].filter((command) => command !== ''));
    expect([...commands].toSorted()).toEqual(Object.keys(PROOFS).toSorted());
    for (const [file, text] of Object.values(PROOFS)) expect(read(file), file).toContain(text);
  });

  it('links to files that exist', () => {
    const targets = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => target!);
    const missing = targets.filter((target) => !/^https?:/.test(target) && !existsSync(join(root, target)));
    expect(missing).toEqual([]);
  });

  it('shows the echo app as it is', () => {
    expect(blocks('ts')[0]).toBe(read('apps/echo/src/echo.ts'));
  });

  describe('the larger application', () => {
    let file: string;
    beforeAll(async () => {
      // Inside the repository, where it finds the packages as an application of a user's does.
      file = join(await mkdtemp(join(import.meta.dirname, 'greet-')), 'greet.ts');
      await writeFile(file, blocks('ts')[1]!);
    });
    afterAll(() => rm(dirname(file), { recursive: true }));

    it('has 15 lines or so', () => {
      expect(blocks('ts')[1]!.trim().split('\n').length).toBeLessThanOrEqual(18);
    });

    it('does what the README says', async () => {
      await expectGreetings(serve([file, ...FREE_PORTS, '--reactors', '1']));
    });

    it('runs in a project of its own, with the packages installed from the clone', { timeout: 120_000 }, async () => {
      const project = await mkdtemp(join(tmpdir(), 'own-project-'));
      try {
        await writeFile(join(project, 'package.json'), '{ "private": true }');
        await writeFile(join(project, 'greet.ts'), blocks('ts')[1]!);
        const from = [join(root, 'packages/reactor'), join(root, 'tools/launcher')];
        const install = ['install', ...from, '--offline', '--no-audit', '--no-fund'];
        execFileSync('npm', install, { cwd: project, stdio: 'pipe' });
        const args = ['serve', 'greet.ts', ...FREE_PORTS, '--reactors', '1', '--log-format', 'json'];
        await expectGreetings(run(join(project, 'node_modules/.bin/hioload'), args, { cwd: project }));
      } finally {
        await rm(project, { recursive: true });
      }
    });
  });
});

async function expectGreetings(server: RunningCommand): Promise<void> {
  const { url } = await server.ready();

  const stranger = new WebSocket(`${url}/greet`);
  const [refusal] = (await once(stranger, 'error')) as [Error];
  expect(refusal.message).toContain('401');

  const ada = new WebSocket(`${url}/greet?name=Ada`);
  expect(String((await once(ada, 'message'))[0])).toBe('Welcome, Ada.');
  ada.send('hello');
  expect(String((await once(ada, 'message'))[0])).toBe('Ada said hello');

  const closed = once(ada, 'close');
  server.process.kill('SIGTERM');
  expect((await closed)[0]).toBe(1001);
  expect(await server.ended).toBe(0);
  await server.nothingLeft();
}

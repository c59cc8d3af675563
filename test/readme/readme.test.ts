// Tests of the commands, links and examples in the README.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { FREE_PORTS, run, type RunningCommand, serve } from '../e2e/launcher/start-launcher.js';
import { publishableFolders } from '../packages/packed-packages.js';
import { blocksOf, ExampleFolder, ROOT } from './examples.js';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const readme = read('README.md');
const [echo = '', greet = '', presence = '', whisper = ''] = blocksOf('README.md', 'ts');

/** What is packed for another machine. */
const PACK =
  'npx pnpm -r --filter "./packages/*" --filter ./tools/launcher pack --pack-destination ../packed';

/** Where each command of the README is run, and how it stands there. */
const PROOFS: Readonly<Record<string, readonly [file: string, text: string]>> = {
  'npm start': ['test/e2e/npm-start/start-npm.ts', "'start'"],
  'npm start -- --port 9100 --reactors 1': [
    'test/e2e/npm-start/npm-start.test.ts',
    "'--reactors', '1'",
  ],
  'npm run pubsub': ['test/e2e/pubsub/npm-run.slow.test.ts', "'run', 'pubsub'"],
  'npm run storm': ['test/e2e/pubsub/storm.slow.test.ts', "'run', 'storm'"],
  'npm test': ['.ci/run', 'run_tests test quick'],
  'npm run test:slow': ['.ci/run', 'run_tests test:slow slow'],
  'npm run test:matrix': ['.ci/run', 'npm run test:matrix'],
  'npm run check': ['.ci/run', 'npm run check'],
  'npm run test:numa': ['.ci/run', 'npm run test:numa'],
  'npm run bench -- echo': ['tools/bench/test/bench-echo.slow.test.ts', "'echo'"],
  'npm run bench -- bus': ['tools/bench/test/bench-bus.slow.test.ts', "['bus', ...args]"],
  'npm run bench -- idle': ['tools/bench/test/bench-idle.slow.test.ts', "['idle', ...args]"],
  'npm run bench -- pool': ['tools/bench/test/bench-pool.slow.test.ts', "'pool'"],
  'npm run bench -- protocol': ['tools/bench/test/bench-protocol.slow.test.ts', "'protocol'"],
  'npm run docs': ['tools/checks/test/errors-page.contract.test.ts', 'npm run docs'],
  'npm install': ['test/packages/pack.test.ts', 'install'],
  [PACK]: ['test/readme/readme.test.ts', 'execFileSync(PACK.replace('],
  ['npm install ../hioload-ws/packages/reactor ../hioload-ws/tools/launcher ' +
  '../hioload-ws/packages/fake']: ['test/readme/readme.test.ts', "['install', ...from"],
  'npm install uWebSockets.js@npm:uws-pack@20.0.8': [
    'test/packages/pack.test.ts',
    '[nativeDependency()]',
  ],
  'npx hioload serve MODULE': ['test/e2e/launcher/start-launcher.ts', "'serve'"],
  'npx hioload serve greet.ts': ['test/readme/readme.test.ts', 'serve([file'],
  'npx hioload topology': ['test/e2e/launcher/reports.test.ts', "'topology'"],
  'npx hioload doctor': ['test/e2e/launcher/reports.test.ts', "'doctor'"],
};

/**
 * Commands that a person runs: one judges the tests, not the product, and the other is the sum of
 * two commands that CI runs.
 */
const BY_HAND = ['npm run test:mutants', 'npm run test:all'];

describe('the README', () => {
  it('has every command run by a test or by CI', () => {
    const inline = [...readme.matchAll(/`((?:npm|npx) [^`]+)`/g)].map(([, command]) => command!);
    const fenced = blocksOf('README.md', 'sh').flatMap((text) =>
      text.split('\n').map((line) => line.replace(/\s+#.*/, '').trim()),
    );
    const commands = new Set([...inline, ...fenced].filter((command) => command !== ''));
    expect([...commands].toSorted()).toEqual([...Object.keys(PROOFS), ...BY_HAND].toSorted());
    for (const [file, text] of Object.values(PROOFS)) expect(read(file), file).toContain(text);
  });

  it('links to files that exist', () => {
    const targets = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => target!);
    const missing = targets.filter(
      (target) => !/^https?:/.test(target) && !existsSync(join(ROOT, target)),
    );
    expect(missing).toEqual([]);
  });

  it('shows the echo app as it is', () => {
    expect(echo).toBe(read('apps/echo/src/echo.ts'));
  });

  it('packs the published packages for another machine', { timeout: 120_000 }, async () => {
    const target = await mkdtemp(join(tmpdir(), 'packed-'));
    try {
      execFileSync(PACK.replace('../packed', target), { cwd: ROOT, shell: true, stdio: 'pipe' });
      expect(readdirSync(target)).toHaveLength(publishableFolders().length);
    } finally {
      await rm(target, { recursive: true });
    }
  });

  describe('the larger applications', () => {
    let folder: ExampleFolder;
    beforeAll(async () => {
      folder = await ExampleFolder.make();
    });
    afterAll(() => folder.remove());

    it('begin with an application of about 15 lines', () => {
      expect(greet.trim().split('\n').length).toBeLessThanOrEqual(18);
    });

    it('greets', async () => {
      const file = await folder.write('greet.ts', greet);
      // The file of the README is read, and flags go over it.
      const config = await folder.write('config.json', /`(\{ "port": .+\})`/.exec(readme)![1]!);
      await expectGreetings(serve([file, '--config', config, ...FREE_PORTS, '--reactors', '1']));
    });

    it('shows on every reactor who is there', async () => {
      const file = await folder.write('presence.ts', presence);
      const server = serve([file, ...FREE_PORTS, '--reactors', '2']);
      await server.ready();
      for (const [hearer, speaker] of ['00', '01', '10', '11']) {
        await server.message(new RegExp(`reactor ${hearer} hears {"reactor":${speaker},"here":0}`));
      }
      await expectEnd(server);
    });

    it('sends to a connection by its id, and ends it', async () => {
      const file = await folder.write('whisper.ts', whisper);
      const server = serve([file, ...FREE_PORTS, '--reactors', '2']);
      const { url } = await server.ready();
      const [ada, bob] = [new WebSocket(`${url}/whisper`), new WebSocket(`${url}/whisper`)];
      const [, id] = /^You are (\d+), on reactor [01] of 2\.$/.exec(
        (await Promise.all([ada, bob].map(heard)))[1]!,
      )!;

      ada.send(`${id} hello Bob`);
      expect(await heard(bob)).toBe('hello Bob');
      ada.send('Bob hello');
      expect(await heard(ada)).toMatch(/^Whom/);
      const closed = once(bob, 'close');
      ada.send(id!);
      const [code, reason] = (await closed) as [number, Buffer];
      expect([code, String(reason)]).toEqual([4000, 'asked to leave']);

      await expectEnd(server);
    });

    it(
      'runs in a project of its own, with the packages installed from the clone',
      { timeout: 120_000 },
      async () => {
        const project = await mkdtemp(join(tmpdir(), 'own-project-'));
        try {
          await writeFile(join(project, 'package.json'), '{ "private": true }');
          await writeFile(join(project, 'greet.ts'), greet);
          const from = ['packages/reactor', 'tools/launcher', 'packages/fake'].map((path) =>
            join(ROOT, path),
          );
          const install = ['install', ...from, '--offline', '--no-audit', '--no-fund'];
          execFileSync('npm', install, { cwd: project, stdio: 'pipe' });
          const args = [
            'serve',
            'greet.ts',
            ...FREE_PORTS,
            '--reactors',
            '1',
            '--log-format',
            'json',
          ];
          await expectGreetings(
            run(join(project, 'node_modules/.bin/hioload'), args, { cwd: project }),
          );
        } finally {
          await rm(project, { recursive: true });
        }
      },
    );
  });
});

const heard = async (socket: WebSocket): Promise<string> =>
  String((await once(socket, 'message'))[0]);

async function expectEnd(server: RunningCommand): Promise<void> {
  server.process.kill('SIGTERM');
  expect(await server.ended).toBe(0);
  await server.nothingLeft();
}

async function expectGreetings(server: RunningCommand): Promise<void> {
  const { url } = await server.ready();

  const stranger = new WebSocket(`${url}/greet`);
  const [refusal] = (await once(stranger, 'error')) as [Error];
  expect(refusal.message).toContain('401');

  const ada = new WebSocket(`${url}/greet?name=Ada`);
  expect(await heard(ada)).toBe('Welcome, Ada.');
  ada.send('hello');
  expect(await heard(ada)).toBe('Ada said hello');

  const closed = once(ada, 'close');
  await expectEnd(server);
  expect((await closed)[0]).toBe(1001);
}

// Tests of the examples in the READMEs of the packages.
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { run } from '../e2e/launcher/start-launcher.js';
import { publishableFolders } from '../packages/packed-packages.js';
import { blocksOf, ExampleFolder, ROOT, start } from './examples.js';

const PAGES = ['README.md', ...publishableFolders().map((folder) => join(folder, 'README.md'))];

let folder: ExampleFolder;
beforeAll(async () => {
  folder = await ExampleFolder.make();
});
afterAll(() => folder.remove());

describe('the examples of the READMEs', () => {
  it('have the types that they use', async () => {
    const files = PAGES.flatMap((page) =>
      blocksOf(page, 'ts').map(
        (text, index) => [`${page.replaceAll('/', '-')}-${index}.ts`, text] as const,
      ),
    );
    expect(files.length).toBeGreaterThan(10);
    for (const [name, text] of files) await folder.write(name, text);
    const compilerOptions = {
      noEmit: true,
      customConditions: ['hioload-source'],
      noUnusedLocals: false,
    };
    const config = {
      extends: '../../../tsconfig.base.json',
      compilerOptions,
      files: files.map(([name]) => name),
    };
    const project = await folder.write('tsconfig.json', JSON.stringify(config));

    const tsc = run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', project, '--pretty', 'false'], {
      cwd: folder.path,
    });

    expect([await tsc.ended, ...tsc.lines]).toEqual([0]);
  });

  it('pool: hands records to a second thread that sleeps', async () => {
    // Plain JavaScript, from the build: a worker thread of Node 20 does not inherit what reads
    // TypeScript.
    const file = await folder.write('pool.mjs', blocksOf('packages/pool/README.md', 'ts')[1]!);
    const example = run(process.execPath, [file]);
    expect([await example.ended, ...example.lines, example.errorOutput]).toEqual([
      0,
      'one',
      'two',
      'stop',
      '',
    ]);
  });

  it('pool: lends the records of a ring of fixed slots in a batch', async () => {
    const readme = blocksOf('packages/pool/README.md', 'ts');
    const text = readme.find((block) => block.includes('@hioload/pool/rings'))!;
    const example = start(await folder.write('rings.ts', text));
    expect([await example.ended, ...example.lines, example.errorOutput]).toEqual([
      0,
      '101.5',
      '102.25',
      '',
    ]);
  });

  it.each([
    ['passes', 0, /serves on ws:\/\/127\.0\.0\.1:\d+/],
    ['ends although an assertion fails', 1, /no such luck/],
  ])('reactor: starts a server in a test, which %s', async (_, code, printed) => {
    const readme = blocksOf('packages/reactor/README.md', 'ts');
    await folder.write('app.ts', readme[0]!);
    const text = readme.find((block) => block.includes("from 'node:test'"))!;
    const failing = text.replace(/console\.log\(.+\);/, "throw new Error('no such luck');");
    const example = start(await folder.write('app-test.ts', code === 0 ? text : failing));
    expect(await example.ended).toBe(code);
    expect(example.lines.join('\n')).toMatch(printed);
  });

  it('system: says where the thread may run, or why Node cannot tell', async () => {
    const example = start(
      await folder.write('where.ts', blocksOf('packages/system/README.md', 'ts')[0]!),
    );
    const [major = 0] = process.versions.node.split('.').map(Number);
    expect([await example.ended, ...example.lines, example.errorOutput]).toEqual([
      0,
      major < 26
        ? `Node ${process.versions.node} has no node:ffi; Node 26.1 and newer have it`
        : expect.stringMatching(/^thread \d+ may run on CPUs [\d,]+$/),
      '',
    ]);
  });

  it('protocol: reads the frames that it has encoded', async () => {
    const example = start(
      await folder.write('protocol.ts', blocksOf('packages/protocol/README.md', 'ts')[0]!),
    );
    expect([await example.ended, ...example.lines, example.errorOutput]).toEqual([0, 'hello', '']);
  });

  it('transport: serves on a port, and on a connection that the caller passes', async () => {
    const readme = blocksOf('packages/transport/README.md', 'ts');
    const file = await folder.write(
      'transport.ts',
      readme.find((text) => text.includes('createNetTransport({'))!,
    );
    const example = start(file);
    const [url] = await example.line(/^ws:.+/);
    await example.line(/^HTTP\/1\.1 426 /);

    const socket = new WebSocket(url);
    await once(socket, 'open');
    socket.send('hello');
    expect(String((await once(socket, 'message'))[0])).toBe('hello');

    socket.terminate();
    example.process.kill('SIGKILL');
    await example.ended;
    await example.nothingLeft();
  });
});

// Tests of processes with a live transport that end.
import { eventually } from '@hioload/test-support/waiting';
import { frame, head, Op, RawClient } from '@hioload/test-support/wire';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';

// These cases could end the process that runs the tests, so they run in another process.

const children: ChildProcess[] = [];

interface Child {
  readonly child: ChildProcess;
  readonly output: () => string;
}

function run(script: string, environment: Readonly<Record<string, string>> = {}): Child {
  const child = spawn(
    process.execPath,
    [
      '--conditions=hioload-source',
      new URL('./children/boot.mjs', import.meta.url).pathname,
      script,
    ],
    { env: { ...process.env, ...environment }, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  children.push(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output };
}

/** Starts the echo server in a child. */
async function runEcho(
  environment?: Readonly<Record<string, string>>,
): Promise<Child & { readonly port: number }> {
  const child = run('./echo.ts', environment);
  await eventually(`the port (${child.output()})`, () => /port \d+\n/.test(child.output()));
  return { ...child, port: Number(/port (\d+)/.exec(child.output())![1]) };
}

async function exitOf({ child }: Child): Promise<unknown> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? child.signalCode;
}

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  }
});

describe('a process', () => {
  it.each(['exit', 'throw'])(
    'outlives a worker that ends with a live transport (%s)',
    async (ending) => {
      const host = run('./worker-host.ts', { ENDING: ending });
      expect([await exitOf(host), host.output()]).toEqual([0, `outlived ${ending}\n`]);
    },
  );

  it.each(
    ['open', 'message', 'ping', 'pong', 'close'].flatMap((hook) => [
      [hook, 'at once'],
      [hook, 'awaits'],
    ]),
  )('outlives a worker whose %s hook exits (%s), and learns its code', async (hook, ending) => {
    const host = run('./exit-in-hook.ts', { HOOK: hook, ENDING: ending });
    expect([await exitOf(host), host.output()]).toEqual([7, '']);
  });

  it.each([1, 2])('survives a storm in which every hook does anything (seed %i)', async (seed) => {
    const storm = run('./storm.ts', { SEED: String(seed) });
    expect([await exitOf(storm), storm.output()]).toEqual([0, 'drop: 0 left\nclose: 0 left\n']);
  });

  it('exits on command with a live transport', async () => {
    const server = await runEcho();
    const client = await RawClient.open(server.port);
    server.child.stdin!.write('exit\n');
    expect(await exitOf(server)).toBe(0);
    await client.ended();
    expect(server.output()).toBe(`port ${server.port}\n`);
  });

  it('survives a transport that is closed by one of its own hooks', async () => {
    const server = await runEcho();
    const [one, other] = [await RawClient.open(server.port), await RawClient.open(server.port)];
    one.write(
      Buffer.concat([
        frame(Op.Text, 'a'),
        frame(Op.Text, 'close the transport'),
        frame(Op.Text, 'b'),
      ]),
    );
    await Promise.all([one.ended(), other.ended()]);
    server.child.stdin!.write('exit\n');
    expect(await exitOf(server)).toBe(0);
  });
});

describe('the limit of the head of a handshake', () => {
  it.each([
    ['4 KiB without', {}, 431],
    ['8 KiB with', { UWS_HTTP_MAX_HEADERS_SIZE: '8192' }, 101],
  ])('is %s UWS_HTTP_MAX_HEADERS_SIZE in the environment', async (_, environment, status) => {
    const server = await runEcho({ UWS_HTTP_MAX_HEADERS_SIZE: '', ...environment });
    const client = new RawClient(server.port);
    client.write(head({ extraLines: [`x: ${'a'.repeat(6_000)}`] }));
    expect((await client.answer()).status).toBe(status);
    client.destroy();
  });
});
